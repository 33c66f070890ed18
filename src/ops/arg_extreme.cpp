// ArgMax, ArgMin: the index of the extreme element along one axis.
#include "ops/axis.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", 0), c.rank(0));
  Shape shape = c.shape(0);
  if (shape[static_cast<size_t>(axis)] == 0) c.bad("the axis has no elements");
  if (c.node().int_or("keepdims", 1) != 0) {
    shape[static_cast<size_t>(axis)] = 1;
  } else {
    shape.erase(shape.begin() + axis);
  }
  c.set_output(0, DataType::kInt64, std::move(shape));
}

template <typename T, bool kMax>
void search(const Tensor& x, const AxisView& view, bool last, int64_t* to) {
  const T* from = x.data<T>();
  const auto beats = [last](Wide<T> a, Wide<T> b) {
    if (a == b) return last;
    return kMax ? a > b : a < b;
  };
  for (int64_t o = 0; o < view.outer; ++o) {
    for (int64_t i = 0; i < view.inner; ++i) {
      const T* line = from + o * view.length * view.inner + i;
      int64_t best = 0;
      for (int64_t k = 1; k < view.length; ++k) {
        if (beats(line[k * view.inner], line[best * view.inner])) best = k;
      }
      *to++ = best;
    }
  }
}

template <bool kMax>
void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const bool last = c.node().int_or("select_last_index", 0) != 0;
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", 0), int64_t(x.rank()));
  const AxisView view(x.shape(), axis);
  int64_t* to = c.output(0).mutable_data<int64_t>();
  const bool known = dispatch(x.type(), NumericTypes(), [&]<typename T>(std::type_identity<T>) {
    search<T, kMax>(x, view, last, to);
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

}  // namespace

extern const Operator op_ArgMax = {.name = "ArgMax",
                                   .domain = "",
                                   .infer = infer,
                                   .compute = compute<true>,
                                   .traits = {.shape_only = true}};
extern const Operator op_ArgMin = {.name = "ArgMin",
                                   .domain = "",
                                   .infer = infer,
                                   .compute = compute<false>,
                                   .traits = {.shape_only = true}};

}  // namespace edgeopt
