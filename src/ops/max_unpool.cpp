// MaxUnpool: puts the elements that a MaxPool kept back where they came from; zero elsewhere.
#include <algorithm>

#include "base/format.h"
#include "ops/movement.h"
#include "ops/op.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

// The shape of the tensor that was pooled, in which the indices count. The output is of that shape
// unless output_shape makes it larger.
template <typename Context>
Shape pooled_shape(const Context& c, Shape shape) {
  const size_t spatial = shape.size() - 2;
  const std::vector<int64_t> kernel = c.lengths("kernel_shape", {});
  const std::vector<int64_t> strides = c.lengths("strides", std::vector<int64_t>(spatial, 1));
  const std::vector<int64_t> pads = c.lengths("pads", std::vector<int64_t>(2 * spatial, 0));
  if (kernel.size() != spatial || strides.size() != spatial || pads.size() != 2 * spatial) {
    c.bad("kernel_shape, strides or pads do not fit the input");
  }
  for (size_t i = 0; i < spatial; ++i) {
    int64_t& dim = shape[i + 2];
    dim = axis_product(dim - 1, strides[i]) + kernel[i] - pads[i] - pads[i + spatial];
  }
  return shape;
}

void infer(InferContext& c) {
  if (c.rank(0) < 3) c.bad("its input has no spatial axes");
  if (c.shape(1) != c.shape(0)) c.bad("data and indices are of different shapes");
  Shape shape = pooled_shape(c, c.shape(0));
  if (c.has_input(2)) shape = c.ints(2);
  if (shape.size() != c.shape(0).size()) c.bad("output_shape is of another rank");
  c.set_output(0, c.type(0), std::move(shape));
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  Tensor& y = c.output(0);
  const std::vector<int64_t> places = c.ints(1);
  const Shape pooled = pooled_shape(c, x.shape());
  const std::vector<int64_t> from = row_major_strides(pooled);
  const std::vector<int64_t> to = row_major_strides(y.shape());
  const int64_t limit = element_count(pooled);
  const bool known = dispatch_movable(x.type(), [&]<typename T>(std::type_identity<T>) {
    T* out = y.mutable_data<T>();
    std::fill_n(out, y.size(), T{});
    for (size_t i = 0; i < places.size(); ++i) {
      if (places[i] < 0 || places[i] >= limit) c.bad(format("index {} is out of range", places[i]));
      int64_t offset = 0;
      for (size_t axis = 0; axis < pooled.size(); ++axis) {
        const int64_t place = places[i] / from[axis] % pooled[axis];
        if (place >= y.dim(axis)) c.bad("output_shape is smaller than what was pooled");
        offset += place * to[axis];
      }
      out[offset] = x.data<T>()[i];
    }
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

}  // namespace

extern const Operator op_MaxUnpool = {
    .name = "MaxUnpool",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.positively_homogeneous = true, .data_movement = true},
};

}  // namespace edgeopt
