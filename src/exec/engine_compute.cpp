#include "exec/engine_compute.h"

#include <algorithm>

#include "quant/encoding.h"

namespace edgeopt {
namespace {

class ComputeKernel : public Kernel {
 public:
  ComputeKernel(const Graph& graph, const Node& node, int64_t opset,
                std::vector<ComputeOperand> inputs, std::vector<ComputeOperand> outputs)
      : graph_(graph),
        node_(node),
        op_(*find_operator(node)),
        opset_(opset),
        inputs_(std::move(inputs)),
        outputs_(std::move(outputs)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* /*scratch*/) const override {
    std::vector<Tensor> ins(inputs_.size());
    std::vector<const Tensor*> in_pointers(inputs_.size(), nullptr);
    for (size_t i = 0; i < inputs_.size(); ++i) {
      const ComputeOperand& operand = inputs_[i];
      if (operand.type == DataType::kUndefined) continue;
      ins[i] = operand.constant.empty()
                   ? Tensor::view(operand.type, operand.shape, const_cast<void*>(inputs[i]))
                   : operand.constant;
      in_pointers[i] = &ins[i];
    }
    std::vector<Tensor> outs(outputs_.size());
    std::vector<Tensor*> out_pointers(outputs_.size(), nullptr);
    for (size_t i = 0; i < outputs_.size(); ++i) {
      const ComputeOperand& operand = outputs_[i];
      if (operand.type == DataType::kUndefined) continue;
      outs[i] = Tensor::view(operand.type, operand.shape, outputs[i]);
      out_pointers[i] = &outs[i];
    }
    ComputeContext context(graph_, node_, opset_, std::move(in_pointers), std::move(out_pointers));
    op_.compute(context);
  }

 private:
  const Graph& graph_;
  const Node& node_;
  const Operator& op_;
  int64_t opset_;
  std::vector<ComputeOperand> inputs_;
  std::vector<ComputeOperand> outputs_;
};

class FakeQuantKernel : public Kernel {
 public:
  FakeQuantKernel(Shape shape, TensorEncoding encoding)
      : shape_(std::move(shape)), encoding_(std::move(encoding)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* /*scratch*/) const override {
    const Tensor x = Tensor::view(DataType::kFloat, shape_, const_cast<void*>(inputs[0]));
    const Tensor y = fake_quantize(x, encoding_);
    std::copy_n(y.data<float>(), y.size(), static_cast<float*>(outputs[0]));
  }

 private:
  Shape shape_;
  TensorEncoding encoding_;
};

}  // namespace

std::unique_ptr<Kernel> compute_kernel(const Graph& graph, const Node& node, int64_t opset,
                                       std::vector<ComputeOperand> inputs,
                                       std::vector<ComputeOperand> outputs) {
  return std::make_unique<ComputeKernel>(graph, node, opset, std::move(inputs), std::move(outputs));
}

std::unique_ptr<Kernel> fake_quant_kernel(Shape shape, TensorEncoding encoding) {
  return std::make_unique<FakeQuantKernel>(std::move(shape), std::move(encoding));
}

}  // namespace edgeopt
