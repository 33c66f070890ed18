// BatchNormalization for inference: y = (x - mean) / sqrt(var + epsilon) * scale + bias for each
// channel.
#include <cmath>

#include "base/format.h"
#include "ops/axis.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  if (c.node().int_or("training_mode", 0) != 0) {
    c.unsupported("training_mode; export the model for inference");
  }
  if (c.rank(0) == 0) c.bad("the input is a scalar");
  const int64_t channels = c.rank(0) > 1 ? c.shape(0)[1] : 1;
  for (size_t i = 1; i < 5; ++i) {
    if (c.shape(i) != Shape{channels}) {
      c.bad(format("input {} has shape {} for {} channels", i, to_string(c.shape(i)), channels));
    }
  }
  c.same_as_input();
}

std::vector<double> doubles(const ComputeContext& c, size_t i) {
  const Tensor& tensor = c.input(i);
  std::vector<double> values;
  const bool known = dispatch(tensor.type(), FloatTypes(), [&]<typename T>(std::type_identity<T>) {
    const T* from = tensor.data<T>();
    for (int64_t k = 0; k < tensor.size(); ++k) values.push_back(from[k]);
  });
  if (!known) c.unsupported("type " + name_of(tensor.type()));
  return values;
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const std::vector<double> scale = doubles(c, 1);
  const std::vector<double> bias = doubles(c, 2);
  const std::vector<double> mean = doubles(c, 3);
  const std::vector<double> variance = doubles(c, 4);
  const double epsilon = c.node().float_or("epsilon", 1e-5F);
  const AxisView view(x.rank() > 1 ? x.shape() : Shape{x.size(), 1}, 1);
  const bool known = dispatch(x.type(), FloatTypes(), [&]<typename T>(std::type_identity<T>) {
    using W = Wide<T>;
    const T* from = x.data<T>();
    T* to = c.output(0).mutable_data<T>();
    for (int64_t row = 0; row < view.outer * view.length; ++row) {
      const auto channel = static_cast<size_t>(row % view.length);
      const double factor = scale[channel] / std::sqrt(variance[channel] + epsilon);
      const auto slope = static_cast<W>(factor);
      const auto shift = static_cast<W>(bias[channel] - mean[channel] * factor);
      for (int64_t i = 0; i < view.inner; ++i) {
        const int64_t at = row * view.inner + i;
        to[at] = static_cast<T>(from[at] * slope + shift);
      }
    }
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

}  // namespace

extern const Operator op_BatchNormalization = {
    .name = "BatchNormalization",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .required_inputs = 5,
};

}  // namespace edgeopt
