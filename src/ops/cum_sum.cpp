// CumSum: running sums along one axis.
#include "ops/axis.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

template <typename T>
void running_sums(const Tensor& x, Tensor& y, const AxisView& view, bool exclusive, bool reverse) {
  const T* from = x.data<T>();
  T* to = y.mutable_data<T>();
  const int64_t step = reverse ? -view.inner : view.inner;
  for (int64_t o = 0; o < view.outer; ++o) {
    for (int64_t i = 0; i < view.inner; ++i) {
      int64_t at =
          o * view.length * view.inner + i + (reverse ? (view.length - 1) * view.inner : 0);
      // Integers wrap around.
      std::conditional_t<std::is_integral_v<T>, uint64_t, Wide<T>> sum = 0;
      for (int64_t k = 0; k < view.length; ++k, at += step) {
        const Wide<T> value = from[at];
        if (exclusive) to[at] = static_cast<T>(sum);
        sum += static_cast<decltype(sum)>(value);
        if (!exclusive) to[at] = static_cast<T>(sum);
      }
    }
  }
}

void compute(ComputeContext& c) {
  using Types = Joined<FloatTypes, TypeList<int32_t, int64_t, uint32_t, uint64_t>>;
  const Tensor& x = c.input(0);
  const std::vector<int64_t> axes = c.ints(1);
  if (axes.size() != 1) c.bad("the axis is not a scalar");
  const AxisView view(x.shape(), c.normalized_axis(axes[0], static_cast<int64_t>(x.rank())));
  const bool exclusive = c.node().int_or("exclusive", 0) != 0;
  const bool reverse = c.node().int_or("reverse", 0) != 0;
  const bool known = dispatch(x.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    running_sums<T>(x, c.output(0), view, exclusive, reverse);
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

}  // namespace

extern const Operator op_CumSum = {
    .name = "CumSum",
    .domain = "",
    .infer = [](InferContext& c) { c.same_as_input(); },
    .compute = compute,
};

}  // namespace edgeopt
