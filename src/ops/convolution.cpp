#include "ops/convolution.h"

#include "base/format.h"
#include "kernels/aligned.h"
#include "kernels/convolution.h"
#include "ops/float_kernel.h"

namespace edgeopt {

ConvolutionShape convolution_shape(const Node& node, const Shape& x, const Shape& w,
                                   const Complain& bad) {
  const size_t rank = spatial_rank(x, node, bad);
  if (w.size() != x.size()) {
    bad(format("weights of shape {} for an input of shape {}", to_string(w), to_string(x)));
  }
  const std::vector<int64_t> kernel(w.begin() + 2, w.end());
  if (node.find_attribute("kernel_shape") != nullptr &&
      spatial_ints(node, "kernel_shape", rank, 1, 1, bad) != kernel) {
    bad("kernel_shape differs from the weights of shape " + to_string(w));
  }
  ConvolutionShape s;
  s.batch = x[0];
  s.groups = node.int_or("group", 1);
  s.input_channels = x[1];
  s.output_channels = w[0];
  if (w[0] < 1) bad("weights of shape " + to_string(w) + " have no elements");
  if (s.groups < 1 || s.groups > kLargestWindow || x[1] % s.groups != 0 || w[0] % s.groups != 0 ||
      w[1] != x[1] / s.groups) {
    bad(format("weights of shape {} in {} groups do not fit an input of shape {}", to_string(w),
               s.groups, to_string(x)));
  }
  s.window = read_window(node, x, kernel, bad);
  return s;
}

void require_bias(const InferContext& c, size_t i, int64_t channels) {
  if (!c.has_input(i)) return;
  if (c.shape(i) != Shape{channels}) {
    c.bad(format("a bias of shape {} for {} channels", to_string(c.shape(i)), channels));
  }
  if (c.type(i) != c.type(0)) c.bad("the bias is of another type than the input");
}

void compute_convolution(ComputeContext& c, const ConvolutionShape& shape) {
  ConvolutionPlan plan;
  plan.shape = shape;
  plan.weights = c.input(1).data<float>();
  plan.has_bias = c.has_input(2);
  if (plan.has_bias) plan.bias = c.input(2).data<float>();
  const auto kernel = make_convolution(plan);
  AlignedFloats scratch(kernel->scratch_bytes() / sizeof(float) + 1);
  ConvolutionInputs inputs;
  inputs.x = c.input(0).data<float>();
  kernel->run(inputs, c.output(0).mutable_data<float>(), scratch.data());
}

namespace {

class ConvolutionKernel : public Kernel {
 public:
  ConvolutionKernel(size_t node_inputs, ConvolutionPlan plan)
      : node_inputs_(node_inputs), plan_(std::move(plan)) {}

  void build() override { convolution_ = make_convolution(plan_); }
  size_t scratch_bytes() const override { return convolution_->scratch_bytes(); }
  bool may_overwrite(size_t input) const override {
    return input >= node_inputs_ && convolution_->may_overwrite(input - node_inputs_);
  }
  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* scratch) const override {
    const OperandPointers operands(inputs, node_inputs_);
    ConvolutionInputs given;
    given.x = static_cast<const float*>(inputs[0]);
    given.weights = static_cast<const float*>(inputs[1]);
    if (node_inputs_ > 2) given.bias = static_cast<const float*>(inputs[2]);
    given.operands = operands;
    convolution_->run(given, static_cast<float*>(outputs[0]), scratch);
  }

 private:
  size_t node_inputs_;
  ConvolutionPlan plan_;
  std::unique_ptr<Convolution> convolution_;
};

}  // namespace

std::unique_ptr<Kernel> prepare_convolution(const PrepareContext& c,
                                            const ConvolutionShape& shape) {
  if (!floats_to_compute(c) || c.inputs[0].constant != nullptr) return nullptr;
  if (!inputs_are_plain(c, 1)) return nullptr;
  ConvolutionPlan plan;
  plan.shape = shape;
  plan.x_layout = c.inputs[0].layout;
  plan.y_layout = c.outputs[0].layout;
  if (c.inputs[1].constant != nullptr) plan.weights = c.inputs[1].constant->data<float>();
  plan.has_bias = c.inputs.size() > 2 && c.inputs[2].type != DataType::kUndefined;
  if (plan.has_bias && c.inputs[2].constant != nullptr) {
    plan.bias = c.inputs[2].constant->data<float>();
  }
  plan.epilogue = c.epilogue;
  return std::make_unique<ConvolutionKernel>(c.inputs.size(), std::move(plan));
}

}  // namespace edgeopt
