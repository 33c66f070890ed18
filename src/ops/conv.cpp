// Conv: y = b + w * x over 1 to 3 spatial dimensions, in groups.
#include "kernels/loops.h"
#include "ops/convolution.h"
#include "ops/float_kernel.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  if (c.type(1) != c.type(0)) c.bad("the weights are of another type than the input");
  const ConvolutionShape s = convolution_shape(c.node(), c.shape(0), c.shape(1), complain_to(c));
  require_bias(c, 2, s.output_channels);
  c.set_output(0, c.type(0), windowed_shape(c.shape(0), s.output_channels, s.window.output));
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Tensor& w = c.input(1);
  const ConvolutionShape s = convolution_shape(c.node(), x.shape(), w.shape(), complain_to(c));
  if (x.type() == DataType::kFloat && s.weight_size() > 0) return compute_convolution(c, s);

  const bool known = dispatch(x.type(), FloatTypes(), [&]<typename T>(std::type_identity<T>) {
    const T* from = x.data<T>();
    const T* weight = w.data<T>();
    const T* bias = c.has_input(2) ? c.input(2).data<T>() : nullptr;
    T* to = c.output(0).mutable_data<T>();
    convolution_loop<Wide<T>>(
        s, [&](int64_t i) { return Wide<T>(from[i]); },
        [&](int64_t, int64_t i) { return Wide<T>(weight[i]); },
        [&](int64_t o, int64_t i, Wide<T> sum) {
          to[i] = static_cast<T>(bias != nullptr ? sum + bias[o] : sum);
        });
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

std::unique_ptr<Kernel> prepare(const PrepareContext& c) {
  return prepare_convolution(
      c, convolution_shape(*c.node, c.inputs[0].shape, c.inputs[1].shape, complain_of(c)));
}

}  // namespace

extern const Operator op_Conv = {
    .name = "Conv",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.weight_input = 1, .quantizable = true},
    .prepare = prepare,
};

}  // namespace edgeopt
