// MeanVarianceNormalization, LpNormalization, LRN: normalizations without parameters.
#include <algorithm>
#include <cmath>
#include <vector>

#include "base/format.h"
#include "ops/axis.h"
#include "ops/broadcast.h"
#include "tensor/dispatch.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

// Added to the deviation, as ONNX defines the operator.
constexpr double kTiny = 1e-9;

template <typename F>
void for_float_type(const ComputeContext& c, F f) {
  const DataType type = c.input(0).type();
  if (!dispatch(type, FloatTypes(), f)) c.unsupported("type " + name_of(type));
}

// Calls f(element, group) for each element in order; elements of one group differ along the axes
// alone.
template <typename F>
void for_each_grouped(const ComputeContext& c, F f) {
  const Tensor& x = c.input(0);
  Shape reduced = x.shape();
  for (const int64_t axis : c.node().ints_or("axes", {0, 2, 3})) {
    reduced[static_cast<size_t>(c.normalized_axis(axis, static_cast<int64_t>(x.rank())))] = 1;
  }
  const BroadcastPlan plan(x.shape(), std::span(&reduced, 1));
  plan.for_each_row([&](int64_t at, std::span<const int64_t> offsets) {
    for (int64_t i = 0; i < plan.row(); ++i) {
      f(at + i, static_cast<size_t>(offsets[0] + i * plan.step(0)));
    }
  });
}

struct Moments {
  double count = 0;
  double mean = 0;
  double variance = 0;
};

void compute_mean_variance(ComputeContext& c) {
  for_float_type(c, [&]<typename T>(std::type_identity<T>) {
    const T* x = c.input(0).data<T>();
    T* y = c.output(0).mutable_data<T>();
    const auto value = [&](int64_t i) { return static_cast<double>(static_cast<Wide<T>>(x[i])); };
    std::vector<Moments> groups(static_cast<size_t>(c.input(0).size()));
    for_each_grouped(c, [&](int64_t i, size_t group) {
      groups[group].count += 1;
      groups[group].mean += value(i);
    });
    for (Moments& m : groups) m.mean /= std::max(m.count, 1.0);
    for_each_grouped(c, [&](int64_t i, size_t group) {
      const double d = value(i) - groups[group].mean;
      groups[group].variance += d * d / groups[group].count;
    });
    for_each_grouped(c, [&](int64_t i, size_t group) {
      const Moments& m = groups[group];
      const double normal = (value(i) - m.mean) / (std::sqrt(m.variance) + kTiny);
      y[i] = static_cast<T>(static_cast<Wide<T>>(normal));
    });
  });
}

void infer_lp(InferContext& c) {
  c.normalized_axis(c.node().int_or("axis", -1), c.rank(0));
  const int64_t p = c.node().int_or("p", 2);
  if (p != 1 && p != 2) c.bad(format("p is {}, not 1 or 2", p));
  c.same_as_input();
}

void compute_lp(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const bool squares = c.node().int_or("p", 2) == 2;
  const auto rank = static_cast<int64_t>(x.rank());
  const AxisView view(x.shape(), c.normalized_axis(c.node().int_or("axis", -1), rank));
  for_float_type(c, [&]<typename T>(std::type_identity<T>) {
    for (int64_t line = 0; line < view.outer * view.inner; ++line) {
      const int64_t start = line / view.inner * view.length * view.inner + line % view.inner;
      const T* from = x.data<T>() + start;
      T* to = c.output(0).mutable_data<T>() + start;
      double norm = 0;
      for (int64_t k = 0; k < view.length; ++k) {
        const double value = static_cast<Wide<T>>(from[k * view.inner]);
        norm += squares ? value * value : std::fabs(value);
      }
      if (squares) norm = std::sqrt(norm);
      for (int64_t k = 0; k < view.length; ++k) {
        const double value = static_cast<Wide<T>>(from[k * view.inner]);
        // A line of zeros stays one.
        to[k * view.inner] = static_cast<T>(static_cast<Wide<T>>(norm == 0 ? 0 : value / norm));
      }
    }
  });
}

void infer_lrn(InferContext& c) {
  if (c.rank(0) < 2) c.bad("its input has no channels");
  if (c.node().int_or("size", 0) <= 0) c.bad("its size is not positive");
  c.same_as_input();
}

// Across channels: y = x / (bias + alpha / size * sum of squares of `size` channels around)^beta.
void compute_lrn(ComputeContext& c) {
  const Node& node = c.node();
  const int64_t size = to_axis_length(node.int_or("size", 0));
  const double alpha =
      static_cast<double>(node.float_or("alpha", 1e-4F)) / static_cast<double>(size);
  const double beta = node.float_or("beta", 0.75F);
  const double bias = node.float_or("bias", 1.0F);
  const Tensor& x = c.input(0);
  const AxisView view(x.shape(), 1);
  for_float_type(c, [&]<typename T>(std::type_identity<T>) {
    const auto at = [&](int64_t o, int64_t k, int64_t i) {
      return (o * view.length + k) * view.inner + i;
    };
    const T* from = x.data<T>();
    T* to = c.output(0).mutable_data<T>();
    for (int64_t o = 0; o < view.outer; ++o) {
      for (int64_t k = 0; k < view.length; ++k) {
        const int64_t first = std::max<int64_t>(0, k - (size - 1) / 2);
        const int64_t last = std::min(view.length - 1, k + size / 2);
        for (int64_t i = 0; i < view.inner; ++i) {
          double squares = 0;
          for (int64_t n = first; n <= last; ++n) {
            const double value = static_cast<Wide<T>>(from[at(o, n, i)]);
            squares += value * value;
          }
          const double value = static_cast<Wide<T>>(from[at(o, k, i)]);
          const double scaled = value / std::pow(bias + alpha * squares, beta);
          to[at(o, k, i)] = static_cast<T>(static_cast<Wide<T>>(scaled));
        }
      }
    }
  });
}

}  // namespace

extern const Operator op_MeanVarianceNormalization = {
    .name = "MeanVarianceNormalization",
    .domain = "",
    .infer = [](InferContext& c) { c.same_as_input(); },
    .compute = compute_mean_variance,
};
extern const Operator op_LpNormalization = {.name = "LpNormalization",
                                            .domain = "",
                                            .infer = infer_lp,
                                            .compute = compute_lp,
                                            .traits = {.fixed_range = std::pair(-1.0F, 1.0F)}};
extern const Operator op_LRN = {
    .name = "LRN", .domain = "", .infer = infer_lrn, .compute = compute_lrn};

}  // namespace edgeopt
