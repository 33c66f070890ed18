// Min, Max, Sum, Mean of any number of broadcast operands.
#include <cmath>

#include "ops/binary.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  if (c.input_count() == 0) c.bad("has no input");
  same_types(c);
  c.set_output(0, c.type(0), broadcast_inputs(c, 0, c.input_count()));
}

struct Minimum {
  template <typename T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(a)) return a;  // a NaN wins
    }
    return a < b ? a : b;
  }
};

struct Maximum {
  template <typename T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(a)) return a;
    }
    return a > b ? a : b;
  }
};

struct Plus {
  template <typename T>
  T operator()(T a, T b) const {
    return a + b;
  }
};

// Folds the operands from the left, in the output. `finish` is applied to each element at the end.
template <typename Types, typename F, typename Finish>
void fold(ComputeContext& c, F f, Finish finish) {
  Tensor& y = c.output(0);
  const bool known = dispatch(y.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    using W = Wide<T>;
    // The first operand is broadcast with itself: a copy into the output's shape.
    broadcast_binary<T, T, T>(c.input(0), c.input(0), y, [](T a, T) { return a; });
    for (size_t i = 1; i < c.input_count(); ++i) {
      const Tensor so_far = Tensor::view(y.type(), y.shape(), y.mutable_raw());
      broadcast_binary<T, T, T>(so_far, c.input(i), y, [&](T a, T b) {
        return static_cast<T>(f(static_cast<W>(a), static_cast<W>(b)));
      });
    }
    T* to = y.mutable_data<T>();
    for (int64_t i = 0; i < y.size(); ++i) {
      to[i] = static_cast<T>(finish(static_cast<W>(to[i]), c.input_count()));
    }
  });
  if (!known) c.unsupported("type " + name_of(y.type()));
}

constexpr auto kAsItIs = [](auto x, size_t) { return x; };
constexpr auto kDivided = [](auto x, size_t count) { return x / static_cast<decltype(x)>(count); };

}  // namespace

extern const Operator op_Min = {
    .name = "Min",
    .domain = "",
    .infer = infer,
    .compute = [](ComputeContext& c) { fold<NumericTypes>(c, Minimum(), kAsItIs); },
    .traits = {.elementwise = true, .quantizable = true},
};
extern const Operator op_Max = {
    .name = "Max",
    .domain = "",
    .infer = infer,
    .compute = [](ComputeContext& c) { fold<NumericTypes>(c, Maximum(), kAsItIs); },
    .traits = {.elementwise = true, .quantizable = true},
};
extern const Operator op_Sum = {
    .name = "Sum",
    .domain = "",
    .infer = infer,
    .compute = [](ComputeContext& c) { fold<FloatTypes>(c, Plus(), kAsItIs); },
    .traits = {.elementwise = true, .quantizable = true},
};
extern const Operator op_Mean = {
    .name = "Mean",
    .domain = "",
    .infer = infer,
    .compute = [](ComputeContext& c) { fold<FloatTypes>(c, Plus(), kDivided); },
    .traits = {.elementwise = true},
};

}  // namespace edgeopt
