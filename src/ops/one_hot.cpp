// OneHot: a new axis where the place that an index names is on and all others are off.
#include <algorithm>

#include "base/format.h"
#include "ops/axis.h"
#include "ops/movement.h"
#include "ops/op.h"
#include "tensor/dispatch.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

// Numbers of any numeric type, truncated.
template <typename Context>
std::vector<int64_t> whole_numbers(const Context& c, const Tensor& tensor) {
  std::vector<int64_t> result;
  const bool known =
      dispatch(tensor.type(), NumericTypes(), [&]<typename T>(std::type_identity<T>) {
        for (int64_t i = 0; i < tensor.size(); ++i) {
          const auto number = static_cast<Wide<T>>(tensor.data<T>()[i]);
          if constexpr (std::is_integral_v<Wide<T>>) {
            result.push_back(to_axis_length(static_cast<int64_t>(number)));
          } else {
            result.push_back(to_axis_length(static_cast<double>(number)));
          }
        }
      });
  if (!known) c.unsupported("type " + name_of(tensor.type()));
  return result;
}

void infer(InferContext& c) {
  if (c.value(1) == nullptr) c.unsupported("the depth must be constant");
  const std::vector<int64_t> depth = whole_numbers(c, *c.value(1));
  if (depth.size() != 1 || depth[0] < 0) c.bad("the depth is not one positive number");
  if (c.shape(2) != Shape{2}) c.bad("values are not [off, on]");
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", -1), c.rank(0) + 1);
  Shape shape = c.shape(0);
  shape.insert(shape.begin() + axis, depth[0]);
  c.set_output(0, c.type(2), std::move(shape));
}

void compute(ComputeContext& c) {
  const std::vector<int64_t> indices = whole_numbers(c, c.input(0));
  Tensor& y = c.output(0);
  const int64_t axis =
      c.normalized_axis(c.node().int_or("axis", -1), static_cast<int64_t>(y.rank()));
  const AxisView view(y.shape(), axis);
  const bool known = dispatch_movable(y.type(), [&]<typename T>(std::type_identity<T>) {
    const T* values = c.input(2).data<T>();
    T* to = y.mutable_data<T>();
    std::fill_n(to, y.size(), values[0]);
    for (size_t i = 0; i < indices.size(); ++i) {
      int64_t index = indices[i];
      if (index < 0) index += view.length;
      if (index < 0 || index >= view.length) continue;  // all off
      const int64_t outer = static_cast<int64_t>(i) / view.inner;
      const int64_t inner = static_cast<int64_t>(i) % view.inner;
      to[(outer * view.length + index) * view.inner + inner] = values[1];
    }
  });
  if (!known) c.unsupported("type " + name_of(y.type()));
}

}  // namespace

extern const Operator op_OneHot = {.name = "OneHot",
                                   .domain = "",
                                   .infer = infer,
                                   .compute = compute,
                                   .traits = {.shape_only = true}};

}  // namespace edgeopt
