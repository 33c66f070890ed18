#include "exec/engine_elementwise.h"

#include <algorithm>
#include <array>

#include "exec/engine_builder.h"
#include "exec/engine_compute.h"
#include "kernels/broadcast_arithmetic.h"
#include "ops/float_kernel.h"
#include "tensor/relayout.h"

namespace edgeopt {
namespace {

// Activations: steps on input 0.
class StepsKernel : public Kernel {
 public:
  StepsKernel(int64_t count, size_t inputs, const std::vector<EpilogueStep>& steps)
      : count_(count), inputs_(inputs), steps_(steps) {}
  bool may_overwrite(size_t input) const override { return input == 0 || input >= inputs_; }
  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* /*scratch*/) const override {
    steps_.apply(static_cast<const float*>(inputs[0]), static_cast<float*>(outputs[0]), 0, count_,
                 OperandPointers(inputs, inputs_));
  }

 private:
  int64_t count_;
  size_t inputs_;
  Epilogue steps_;
};

// Scale and shift of input `input`, then an epilogue.
class ScaleShiftKernel : public Kernel {
 public:
  ScaleShiftKernel(const PrepareContext& context, size_t input, ChainLink link)
      : input_(input),
        inputs_(context.inputs.size()),
        link_(std::move(link)),
        steps_(context.epilogue) {
    const Shape& shape = context.outputs[0].shape;
    const bool last = context.outputs[0].layout == Layout::kChannelsLast;
    for (size_t i = 2; i < shape.size(); ++i) positions_ *= shape[i];
    outer_ = last ? shape[0] * positions_ : shape[0];
    inner_ = last ? 1 : positions_;
    count_ = element_count(shape);
  }
  bool may_overwrite(size_t input) const override { return input == input_; }
  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* /*scratch*/) const override {
    auto* y = static_cast<float*>(outputs[0]);
    scale_shift(static_cast<const float*>(inputs[input_]), y, outer_,
                static_cast<int64_t>(link_.scale.size()), inner_, link_.scale.data(),
                link_.shift.data());
    steps_.apply_to(y, 0, count_, OperandPointers(inputs, inputs_));
  }

 private:
  size_t input_;
  size_t inputs_;
  ChainLink link_;
  Epilogue steps_;
  int64_t positions_ = 1;
  int64_t outer_ = 1;
  int64_t inner_ = 1;
  int64_t count_ = 0;
};

class ArithmeticKernel : public Kernel {
 public:
  ArithmeticKernel(Arithmetic kind, std::array<Tensor, 2> constants, const Shape& a, const Shape& b,
                   const PrepareContext& context)
      : kind_(kind),
        constants_(std::move(constants)),
        loops_(plan_broadcast(a, b)),
        count_(element_count(context.outputs[0].shape)),
        whole_{element_count(a) == count_, element_count(b) == count_},
        steps_(context.epilogue) {}
  bool may_overwrite(size_t input) const override { return input < 2 && whole_[input]; }
  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* /*scratch*/) const override {
    const float* operands[2];
    for (size_t i = 0; i < 2; ++i) {
      operands[i] = constants_[i].empty() ? static_cast<const float*>(inputs[i])
                                          : constants_[i].data<float>();
    }
    auto* y = static_cast<float*>(outputs[0]);
    broadcast_arithmetic(kind_, operands[0], operands[1], y, loops_);
    steps_.apply_to(y, 0, count_, OperandPointers(inputs, 2));
  }

 private:
  Arithmetic kind_;
  std::array<Tensor, 2> constants_;
  BroadcastLoops loops_;
  int64_t count_;
  std::array<bool, 2> whole_;
  Epilogue steps_;
};

// The operand's shape in the output's order of memory; constants are laid out anew. Nothing when
// the operand does not lie like that.
struct Ordered {
  Shape shape;
  Tensor constant;
};
std::optional<Ordered> ordered(const PrepareContext::Operand& operand,
                               const PrepareContext::Operand& output) {
  const bool constant = operand.constant != nullptr;
  Tensor tensor = constant ? *operand.constant : Tensor();
  if (output.layout == Layout::kPlain) return Ordered{operand.shape, tensor};
  const size_t rank = output.shape.size();
  if (operand.shape.size() > rank) return std::nullopt;
  Shape full(rank - operand.shape.size(), 1);
  full.insert(full.end(), operand.shape.begin(), operand.shape.end());
  const bool same = operand.shape.size() == rank && operand.layout == output.layout;
  if (!constant && !same && !layouts_coincide(full)) return std::nullopt;
  if (constant && !layouts_coincide(full)) {
    Tensor moved(tensor.type(), memory_shape(full, output.layout));
    relayout(tensor.type(), full, tensor.raw(), Layout::kPlain, moved.mutable_raw(), output.layout);
    tensor = moved;
  } else if (constant) {
    tensor = tensor.reshaped(memory_shape(full, output.layout));
  }
  return Ordered{memory_shape(full, output.layout), tensor};
}

std::optional<Arithmetic> arithmetic_of(const Node& node) {
  if (!node.domain.empty()) return std::nullopt;
  if (node.op_type == "Add") return Arithmetic::kAdd;
  if (node.op_type == "Sub") return Arithmetic::kSubtract;
  if (node.op_type == "Mul") return Arithmetic::kMultiply;
  if (node.op_type == "Div") return Arithmetic::kDivide;
  return std::nullopt;
}

// The non-constant input that has the output's shape, if there is just one non-constant input.
std::optional<size_t> moving_input(const PrepareContext& context) {
  std::optional<size_t> moving;
  for (size_t i = 0; i < context.inputs.size(); ++i) {
    const PrepareContext::Operand& input = context.inputs[i];
    if (input.type == DataType::kUndefined || input.constant != nullptr) continue;
    if (moving || input.shape != context.outputs[0].shape) return std::nullopt;
    moving = i;
  }
  return moving;
}

std::unique_ptr<Kernel> prepare_float(const PrepareContext& context, const Chains& chains) {
  const Node& node = *context.node;
  if (operand_count(context.epilogue) > kMostOperands) return nullptr;
  if (const auto step = chains.step_of(node)) {
    std::vector<EpilogueStep> steps{*step};
    steps.insert(steps.end(), context.epilogue.begin(), context.epilogue.end());
    return std::make_unique<StepsKernel>(element_count(context.outputs[0].shape),
                                         context.inputs.size(), steps);
  }
  if (const auto moving = moving_input(context)) {
    if (auto link = chains.affine_of(node, node.inputs[*moving], 1)) {
      return std::make_unique<ScaleShiftKernel>(context, *moving, std::move(*link));
    }
  }
  const auto kind = arithmetic_of(node);
  if (!kind) return nullptr;
  const auto a = ordered(context.inputs[0], context.outputs[0]);
  const auto b = ordered(context.inputs[1], context.outputs[0]);
  if (!a || !b) return nullptr;
  return std::make_unique<ArithmeticKernel>(*kind, std::array{a->constant, b->constant}, a->shape,
                                            b->shape, context);
}

// Through `compute`, on tensors whose axes are named in the order of memory.
std::unique_ptr<Kernel> prepare_compute(const PrepareContext& context) {
  if (!context.epilogue.empty() || !traits_of(*context.node).elementwise) return nullptr;
  std::vector<ComputeOperand> inputs;
  for (const PrepareContext::Operand& input : context.inputs) {
    if (input.type == DataType::kUndefined) {
      inputs.emplace_back();
      continue;
    }
    const auto placed = ordered(input, context.outputs[0]);
    if (!placed) return nullptr;
    inputs.push_back({input.type, placed->shape, placed->constant});
  }
  std::vector<ComputeOperand> outputs;
  for (const PrepareContext::Operand& output : context.outputs) {
    const bool same = output.shape == context.outputs[0].shape;
    if (output.type != DataType::kUndefined && !same) return nullptr;
    outputs.push_back({output.type, memory_shape(output.shape, output.layout), {}});
  }
  return compute_kernel(*context.graph, *context.node, context.opset, std::move(inputs),
                        std::move(outputs));
}

}  // namespace

std::unique_ptr<Kernel> prepare_elementwise(const PrepareContext& context, const Chains& chains) {
  const Node& node = *context.node;
  const bool floats = std::all_of(
      context.inputs.begin(), context.inputs.end(), [](const PrepareContext::Operand& input) {
        return input.type == DataType::kFloat || input.type == DataType::kUndefined;
      });
  if (floats && context.outputs[0].type == DataType::kFloat) {
    if (auto kernel = prepare_float(context, chains)) return kernel;
  }
  if (simulated_encoding(node, chains.table()) != nullptr) return nullptr;
  return prepare_compute(context);
}

}  // namespace edgeopt
