// QuantizedConv (domain "edgeopt"): a convolution whose input and weights are 8-bit codes. The
// engine makes it of a Conv between quantizers (exec/engine_codes.h).
//   inputs: x (uint8), weights (int8, zero point 0), scale (float, for each output channel: that of
//   x times that of the weights), optional bias (float, for each output channel)
//   attributes: those of Conv; x_zero_point
//   output: float, scale * sum((x - x_zero_point) * weights) + bias; padding is x_zero_point
#include "kernels/loops.h"
#include "kernels/quantized_convolution.h"
#include "ops/convolution.h"
#include "ops/float_kernel.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  const ConvolutionShape s = convolution_shape(c.node(), c.shape(0), c.shape(1), complain_to(c));
  if (c.type(0) != DataType::kUint8 || c.type(1) != DataType::kInt8) c.bad("codes are wanted");
  for (size_t i = 2; i < c.input_count(); ++i) {
    if (i == 3 && !c.has_input(3)) continue;
    if (c.type(i) != DataType::kFloat || c.shape(i) != Shape{s.output_channels}) {
      c.bad("scale and bias are floats, one for each output channel");
    }
  }
  c.set_output(0, DataType::kFloat, windowed_shape(c.shape(0), s.output_channels, s.window.output));
}

void compute(ComputeContext& c) {
  const ConvolutionShape s =
      convolution_shape(c.node(), c.input(0).shape(), c.input(1).shape(), complain_to(c));
  const auto* x = c.input(0).data<uint8_t>();
  const auto* w = c.input(1).data<int8_t>();
  const float* scale = c.input(2).data<float>();
  const float* bias = c.has_input(3) ? c.input(3).data<float>() : nullptr;
  auto* y = c.output(0).mutable_data<float>();
  const int64_t zero = c.node().int_or("x_zero_point", 0);
  convolution_loop<int64_t>(
      s, [&](int64_t i) { return x[i] - zero; },
      [&](int64_t /*channel*/, int64_t i) { return int64_t{w[i]}; },
      [&](int64_t o, int64_t i, int64_t sum) {
        const float product = static_cast<float>(sum) * scale[o];
        y[i] = bias != nullptr ? product + bias[o] : product;
      });
}

class QuantizedConvKernel : public Kernel {
 public:
  QuantizedConvKernel(size_t node_inputs, QuantizedConvolutionPlan plan)
      : node_inputs_(node_inputs), plan_(std::move(plan)) {}
  void build() override { convolution_ = make_quantized_convolution(plan_); }
  size_t scratch_bytes() const override { return convolution_->scratch_bytes(); }
  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* scratch) const override {
    convolution_->run(static_cast<const uint8_t*>(inputs[0]), outputs[0],
                      OperandPointers(inputs, node_inputs_), scratch);
  }

 private:
  size_t node_inputs_;
  QuantizedConvolutionPlan plan_;
  std::unique_ptr<QuantizedConvolution> convolution_;
};

std::unique_ptr<Kernel> prepare(const PrepareContext& c) {
  const auto last = [](const PrepareContext::Operand& operand) {
    return operand.layout == Layout::kChannelsLast;
  };
  const ConvolutionShape shape =
      convolution_shape(*c.node, c.inputs[0].shape, c.inputs[1].shape, complain_of(c));
  if (!last(c.inputs[0]) || !last(c.outputs[0]) || element_count(c.outputs[0].shape) == 0 ||
      operand_count(c.epilogue) > kMostOperands || !multiplies_codes(shape)) {
    return nullptr;
  }
  for (size_t i = 1; i < c.inputs.size(); ++i) {
    if (c.inputs[i].constant == nullptr) return nullptr;
  }
  QuantizedConvolutionPlan plan;
  plan.shape = shape;
  plan.x_zero_point = static_cast<int32_t>(c.node->int_or("x_zero_point", 0));
  plan.weights = c.inputs[1].constant->data<int8_t>();
  plan.scale = c.inputs[2].constant->data<float>();
  if (c.inputs.size() > 3) plan.bias = c.inputs[3].constant->data<float>();
  plan.epilogue = c.epilogue;
  plan.grid = c.grid;
  return std::make_unique<QuantizedConvKernel>(c.inputs.size(), std::move(plan));
}

}  // namespace

extern const Operator op_QuantizedConv = {
    .name = "QuantizedConv",
    .domain = "edgeopt",
    .infer = infer,
    .compute = compute,
    .traits = {.weight_input = 1, .writes_codes = true},
    .prepare = prepare,
};

}  // namespace edgeopt
