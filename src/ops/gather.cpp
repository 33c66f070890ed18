// Gather: slices of the data along one axis, picked by an index tensor.
#include <algorithm>

#include "base/format.h"
#include "ops/axis.h"
#include "ops/movement.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  const Shape& data = c.shape(0);
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", 0), c.rank(0));
  Shape shape(data.begin(), data.begin() + axis);
  shape.insert(shape.end(), c.shape(1).begin(), c.shape(1).end());
  shape.insert(shape.end(), data.begin() + axis + 1, data.end());
  c.set_output(0, c.type(0), std::move(shape));
}

void compute(ComputeContext& c) {
  const Tensor& data = c.input(0);
  const auto rank = static_cast<int64_t>(data.rank());
  const AxisView view(data.shape(), c.normalized_axis(c.node().int_or("axis", 0), rank));
  std::vector<int64_t> picks = c.ints(1);
  for (int64_t& pick : picks) {
    if (pick < -view.length || pick >= view.length) {
      c.bad(format("index {} is outside a dimension of {}", pick, view.length));
    }
    if (pick < 0) pick += view.length;
  }
  const bool known = dispatch_movable(data.type(), [&]<typename T>(std::type_identity<T>) {
    const T* from = data.data<T>();
    T* to = c.output(0).mutable_data<T>();
    for (int64_t o = 0; o < view.outer; ++o) {
      for (const int64_t pick : picks) {
        to = std::copy_n(from + (o * view.length + pick) * view.inner, view.inner, to);
      }
    }
  });
  if (!known) c.unsupported("type " + name_of(data.type()));
}

}  // namespace

extern const Operator op_Gather = {
    .name = "Gather",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.positively_homogeneous = true, .data_movement = true, .quantizable = true},
};

}  // namespace edgeopt
