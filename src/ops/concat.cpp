// Concat: tensors joined along one axis.
#include "base/format.h"
#include "ops/axis.h"
#include "ops/movement.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  if (c.input_count() == 0) c.bad("has no input");
  // The axis had a default before opset 4.
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", 1), c.rank(0));
  Shape shape = c.shape(0);
  for (size_t i = 1; i < c.input_count(); ++i) {
    const Shape& other = c.shape(i);
    if (c.type(i) != c.type(0)) c.bad("inputs of different types");
    bool fits = other.size() == shape.size();
    for (size_t k = 0; fits && k < shape.size(); ++k) {
      fits = int64_t(k) == axis || other[k] == shape[k];
    }
    if (!fits) {
      c.bad(format("shapes {} and {} do not join along axis {}", to_string(c.shape(0)),
                   to_string(other), axis));
    }
    shape[static_cast<size_t>(axis)] += other[static_cast<size_t>(axis)];
  }
  c.set_output(0, c.type(0), std::move(shape));
}

void compute(ComputeContext& c) {
  Tensor& y = c.output(0);
  const auto rank = static_cast<int64_t>(y.rank());
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", 1), rank);
  const std::vector<int64_t> strides = row_major_strides(y.shape());
  int64_t offset = 0;
  for (size_t i = 0; i < c.input_count(); ++i) {
    const Tensor& x = c.input(i);
    const Strided at{x.shape(), strides, offset};
    if (!store_strided(x, y, at)) c.unsupported("type " + name_of(x.type()));
    offset += x.dim(static_cast<size_t>(axis)) * strides[static_cast<size_t>(axis)];
  }
}

}  // namespace

extern const Operator op_Concat = {
    .name = "Concat",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.positively_homogeneous = true, .joins_inputs = true, .quantizable = true},
};

}  // namespace edgeopt
