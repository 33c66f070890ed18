// Reductions over any set of axes: ReduceSum, ReduceMean, ReduceMax, ...
#include <cmath>
#include <limits>
#include <vector>

#include "ops/broadcast.h"
#include "tensor/dispatch.h"
#include "tensor/to_integer.h"

namespace edgeopt {
namespace {

// The input's shape with every reduced dimension set to 1.
template <typename Context>
Shape reduced_shape(const Context& c, const Shape& shape) {
  const auto rank = static_cast<int64_t>(shape.size());
  const std::vector<int64_t> axes = c.axes(1).value_or(std::vector<int64_t>{});
  if (axes.empty()) {
    return c.node().int_or("noop_with_empty_axes", 0) != 0 ? shape : Shape(shape.size(), 1);
  }
  Shape reduced = shape;
  for (const int64_t axis : axes) reduced[static_cast<size_t>(c.normalized_axis(axis, rank))] = 1;
  return reduced;
}

void infer(InferContext& c) {
  const Shape& shape = c.shape(0);
  const Shape reduced = reduced_shape(c, shape);
  if (c.node().int_or("keepdims", 1) != 0) return c.set_output(0, c.type(0), reduced);
  const std::vector<int64_t> axes = c.axes(1).value_or(std::vector<int64_t>{});
  std::vector<bool> dropped(shape.size(), axes.empty() && reduced != shape);
  if (axes.empty() && c.node().int_or("noop_with_empty_axes", 0) == 0) {
    dropped.assign(shape.size(), true);
  }
  for (const int64_t axis : axes) {
    dropped[static_cast<size_t>(c.normalized_axis(axis, c.rank(0)))] = true;
  }
  Shape kept;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (!dropped[i]) kept.push_back(shape[i]);
  }
  c.set_output(0, c.type(0), std::move(kept));
}

// Sums are kept in double or in 64-bit integers.
template <typename T>
using Accumulator =
    std::conditional_t<std::is_floating_point_v<Wide<T>>, double,
                       std::conditional_t<std::is_unsigned_v<T>, uint64_t, int64_t>>;

// Calls f(accumulator, x, index of the accumulator) for each element in order.
template <typename T, typename A, typename F>
void accumulate(const Tensor& x, const Shape& reduced, std::vector<A>& sums, F f) {
  const BroadcastPlan plan(x.shape(), std::span(&reduced, 1));
  const T* from = x.data<T>();
  plan.for_each_row([&](int64_t at, std::span<const int64_t> offsets) {
    const T* row = from + at;
    const auto first = static_cast<size_t>(offsets[0]);
    const auto step = static_cast<size_t>(plan.step(0));
    for (size_t i = 0; i < static_cast<size_t>(plan.row()); ++i) {
      f(sums[first + i * step], static_cast<A>(static_cast<Wide<T>>(row[i])), first + i * step);
    }
  });
}

// A reduction: start value, one step, and what is made of the sum of `count` elements.
// Integers wrap around.
template <typename A>
auto wrapping(A x) {
  return static_cast<std::conditional_t<std::is_integral_v<A>, uint64_t, A>>(x);
}

struct Sum {
  template <typename A>
  static A start() {
    return 0;
  }
  template <typename A>
  static A step(A sum, A x) {
    return static_cast<A>(wrapping(sum) + wrapping(x));
  }
  template <typename A>
  static A finish(A sum, int64_t /*count*/) {
    return sum;
  }
};

struct Mean : Sum {
  template <typename A>
  static A finish(A sum, int64_t count) {
    if constexpr (std::is_floating_point_v<A>) return sum / static_cast<A>(count);
    return count == 0 ? A{0} : sum / static_cast<A>(count);
  }
};

struct L1 : Sum {
  template <typename A>
  static A step(A sum, A x) {
    return static_cast<A>(x < A{0} ? wrapping(sum) - wrapping(x) : wrapping(sum) + wrapping(x));
  }
};

struct SumSquare : Sum {
  template <typename A>
  static A step(A sum, A x) {
    return static_cast<A>(wrapping(sum) + wrapping(x) * wrapping(x));
  }
};

struct L2 : SumSquare {
  template <typename A>
  static A finish(A sum, int64_t /*count*/) {
    return to_number<A>(std::sqrt(static_cast<double>(sum)));
  }
};

struct LogSum : Sum {
  template <typename A>
  static A finish(A sum, int64_t /*count*/) {
    return to_number<A>(std::log(static_cast<double>(sum)));
  }
};

struct Prod : Sum {
  template <typename A>
  static A start() {
    return 1;
  }
  template <typename A>
  static A step(A product, A x) {
    return static_cast<A>(wrapping(product) * wrapping(x));
  }
};

template <typename T, typename R>
void reduce(ComputeContext& c) {
  using A = Accumulator<T>;
  const Tensor& x = c.input(0);
  Tensor& y = c.output(0);
  const auto outputs = static_cast<size_t>(y.size());
  std::vector<A> sums(outputs, R::template start<A>());
  accumulate<T>(x, reduced_shape(c, x.shape()), sums,
                [](A& sum, A value, size_t) { sum = R::template step<A>(sum, value); });
  const int64_t count = y.size() == 0 ? 0 : x.size() / y.size();
  T* to = y.mutable_data<T>();
  for (size_t i = 0; i < outputs; ++i) {
    to[i] = static_cast<T>(static_cast<Wide<T>>(R::template finish<A>(sums[i], count)));
  }
}

// The extreme element; of no elements, the type's own extreme. A NaN wins.
template <typename T, bool kMax>
void reduce_extreme(ComputeContext& c) {
  using W = Wide<T>;
  using Limits = std::numeric_limits<W>;
  W start = kMax ? Limits::lowest() : Limits::max();
  if constexpr (Limits::has_infinity) start = kMax ? -Limits::infinity() : Limits::infinity();
  const Tensor& x = c.input(0);
  Tensor& y = c.output(0);
  struct Best {
    W value;
  };
  std::vector<Best> best(static_cast<size_t>(y.size()), Best{start});  // never vector<bool>
  const Shape reduced = reduced_shape(c, x.shape());
  const BroadcastPlan plan(x.shape(), std::span(&reduced, 1));
  const T* from = x.data<T>();
  plan.for_each_row([&](int64_t at, std::span<const int64_t> offsets) {
    for (int64_t i = 0; i < plan.row(); ++i) {
      W& slot = best[static_cast<size_t>(offsets[0] + i * plan.step(0))].value;
      const W value = static_cast<W>(from[at + i]);
      const bool better = kMax ? value > slot : value < slot;
      if (better || value != value) slot = value;
    }
  });
  T* to = y.mutable_data<T>();
  for (size_t i = 0; i < best.size(); ++i) to[i] = static_cast<T>(best[i].value);
}

// log(sum(exp(x))) with the largest element taken out first.
template <typename T>
void reduce_log_sum_exp(ComputeContext& c) {
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  const Tensor& x = c.input(0);
  Tensor& y = c.output(0);
  const Shape reduced = reduced_shape(c, x.shape());
  std::vector<double> top(static_cast<size_t>(y.size()), kNone);
  accumulate<T>(x, reduced, top,
                [](double& best, double value, size_t) { best = value > best ? value : best; });
  std::vector<double> sums(top.size(), 0.0);
  accumulate<T>(x, reduced, sums, [&](double& sum, double value, size_t at) {
    sum += std::isinf(top[at]) ? (value == top[at] ? 1.0 : 0.0) : std::exp(value - top[at]);
  });
  T* to = y.mutable_data<T>();
  for (size_t i = 0; i < sums.size(); ++i) {
    const double value = top[i] == kNone ? kNone : top[i] + std::log(sums[i]);
    to[i] = static_cast<T>(static_cast<Wide<T>>(value));
  }
}

template <typename Types, typename F>
void for_type(ComputeContext& c, F f) {
  if (!dispatch(c.input(0).type(), Types(), f)) {
    c.unsupported("type " + name_of(c.input(0).type()));
  }
}

template <typename R>
constexpr Operator reduction(std::string_view name, OpTraits traits = {}) {
  return {.name = name,
          .domain = "",
          .infer = infer,
          .compute =
              [](ComputeContext& c) {
                for_type<NumericTypes>(c,
                                       [&]<typename T>(std::type_identity<T>) { reduce<T, R>(c); });
              },
          .traits = traits};
}

template <bool kMax>
constexpr Operator extreme(std::string_view name) {
  return {.name = name,
          .domain = "",
          .infer = infer,
          .compute =
              [](ComputeContext& c) {
                for_type<Joined<NumericTypes, BoolTypes>>(
                    c, [&]<typename T>(std::type_identity<T>) { reduce_extreme<T, kMax>(c); });
              },
          .traits = {.positively_homogeneous = true, .quantizable = true}};
}

constexpr OpTraits kLinear = {.positively_homogeneous = true, .quantizable = true};
constexpr OpTraits kNorm = {.positively_homogeneous = true};

}  // namespace

extern const Operator op_ReduceSum = reduction<Sum>("ReduceSum", kLinear);
extern const Operator op_ReduceMean = reduction<Mean>("ReduceMean", kLinear);
extern const Operator op_ReduceL1 = reduction<L1>("ReduceL1", kNorm);
extern const Operator op_ReduceL2 = reduction<L2>("ReduceL2", kNorm);
extern const Operator op_ReduceSumSquare = reduction<SumSquare>("ReduceSumSquare");
extern const Operator op_ReduceLogSum = reduction<LogSum>("ReduceLogSum");
extern const Operator op_ReduceProd = reduction<Prod>("ReduceProd");
extern const Operator op_ReduceMax = extreme<true>("ReduceMax");
extern const Operator op_ReduceMin = extreme<false>("ReduceMin");
extern const Operator op_ReduceLogSumExp = {
    .name = "ReduceLogSumExp",
    .domain = "",
    .infer = infer,
    .compute =
        [](ComputeContext& c) {
          for_type<FloatTypes>(
              c, [&]<typename T>(std::type_identity<T>) { reduce_log_sum_exp<T>(c); });
        },
};

}  // namespace edgeopt
