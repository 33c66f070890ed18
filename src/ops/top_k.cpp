// TopK: the k largest or smallest elements along one axis, in order, and where they lie.
#include <algorithm>
#include <numeric>

#include "base/format.h"
#include "ops/axis.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  Shape shape = c.shape(0);
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", -1), c.rank(0));
  int64_t k = c.node().int_or("k", -1);  // an attribute before opset 10
  if (c.has_input(1)) {
    const std::vector<int64_t> given = c.ints(1);
    if (given.size() != 1) c.bad("K is not one number");
    k = given[0];
  }
  int64_t& dim = shape[static_cast<size_t>(axis)];
  if (k < 0 || k > dim) c.bad(format("picks {} of {} elements", k, dim));
  dim = k;
  c.set_output(0, c.type(0), shape);
  c.set_output(1, DataType::kInt64, std::move(shape));
}

// True when a comes before b; NaN counts as the largest.
template <typename T>
bool above(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (a != a) return b == b;
  }
  return a > b;
}

template <typename T>
void select(ComputeContext& c, const AxisView& view, int64_t k, bool largest) {
  const T* from = c.input(0).data<T>();
  T* values = c.has_output(0) ? c.output(0).mutable_data<T>() : nullptr;
  int64_t* places = c.has_output(1) ? c.output(1).mutable_data<int64_t>() : nullptr;
  std::vector<int64_t> order(static_cast<size_t>(view.length));
  for (int64_t o = 0; o < view.outer; ++o) {
    for (int64_t i = 0; i < view.inner; ++i) {
      const T* line = from + o * view.length * view.inner + i;
      std::iota(order.begin(), order.end(), int64_t{0});
      std::partial_sort(order.begin(), order.begin() + k, order.end(), [&](int64_t a, int64_t b) {
        const auto x = static_cast<Wide<T>>(line[a * view.inner]);
        const auto y = static_cast<Wide<T>>(line[b * view.inner]);
        if (above(x, y)) return largest;
        if (above(y, x)) return !largest;
        return a < b;  // of equal ones the first
      });
      for (int64_t rank = 0; rank < k; ++rank) {
        const int64_t place = order[static_cast<size_t>(rank)];
        const int64_t to = (o * k + rank) * view.inner + i;
        if (values != nullptr) values[to] = line[place * view.inner];
        if (places != nullptr) places[to] = place;
      }
    }
  }
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const auto rank = static_cast<int64_t>(x.rank());
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", -1), rank);
  const bool largest = c.node().int_or("largest", 1) != 0;
  const int64_t k = c.output(c.has_output(0) ? 0 : 1).dim(static_cast<size_t>(axis));
  const AxisView view(x.shape(), axis);
  const bool known = dispatch(x.type(), NumericTypes(), [&]<typename T>(std::type_identity<T>) {
    select<T>(c, view, k, largest);
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

}  // namespace

extern const Operator op_TopK = {
    .name = "TopK",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.positively_homogeneous = true, .data_movement = true},
};

}  // namespace edgeopt
