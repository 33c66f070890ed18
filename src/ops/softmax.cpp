// Softmax, LogSoftmax, Hardmax along one axis; before opset 13 over all axes from `axis` on.
#include <cmath>
#include <vector>

#include "ops/axis.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

// The lines to normalize.
template <typename Context>
AxisView lines(const Context& c, const Shape& shape) {
  const bool flat = c.opset() < 13;
  const auto rank = static_cast<int64_t>(shape.size());
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", flat ? 1 : -1), rank);
  AxisView view(shape, axis);
  if (!flat) return view;
  view.length *= view.inner;
  view.inner = 1;
  return view;
}

void infer(InferContext& c) {
  lines(c, c.shape(0));  // for what it may throw
  c.same_as_input();
}

// Calls f(row) for each line along the axis, in double for doubles and in float otherwise; `f`
// changes the row in place.
template <typename F>
void map_lines(ComputeContext& c, F f) {
  const Tensor& x = c.input(0);
  const AxisView view = lines(c, x.shape());
  const bool known = dispatch(x.type(), FloatTypes(), [&]<typename T>(std::type_identity<T>) {
    std::vector<Wide<T>> line(static_cast<size_t>(view.length));
    const T* from = x.data<T>();
    T* to = c.output(0).mutable_data<T>();
    for (int64_t o = 0; o < view.outer; ++o) {
      for (int64_t i = 0; i < view.inner; ++i) {
        const int64_t start = o * view.length * view.inner + i;
        for (size_t k = 0; k < line.size(); ++k) line[k] = from[start + int64_t(k) * view.inner];
        f(line);
        for (size_t k = 0; k < line.size(); ++k) {
          to[start + int64_t(k) * view.inner] = static_cast<T>(line[k]);
        }
      }
    }
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

template <typename T>
size_t largest(const std::vector<T>& line) {
  size_t best = 0;
  for (size_t k = 1; k < line.size(); ++k) best = line[k] > line[best] ? k : best;
  return best;
}

struct SoftmaxLine {
  template <typename T>
  void operator()(std::vector<T>& line) const {
    if (line.empty()) return;
    const T top = line[largest(line)];
    double sum = 0;
    for (T& value : line) sum += value = std::exp(value - top);
    for (T& value : line) value /= static_cast<T>(sum);
  }
};

struct LogSoftmaxLine {
  template <typename T>
  void operator()(std::vector<T>& line) const {
    if (line.empty()) return;
    const T top = line[largest(line)];
    T sum = 0;
    for (const T value : line) sum += std::exp(value - top);
    const T shift = top + std::log(sum);
    for (T& value : line) value -= shift;
  }
};

struct HardmaxLine {
  template <typename T>
  void operator()(std::vector<T>& line) const {
    if (line.empty()) return;
    const size_t best = largest(line);
    for (size_t k = 0; k < line.size(); ++k) line[k] = k == best ? T{1} : T{0};
  }
};

template <typename Line>
constexpr Operator line_operator(std::string_view name, OpTraits traits) {
  return {.name = name,
          .domain = "",
          .infer = infer,
          .compute = [](ComputeContext& c) { map_lines(c, Line()); },
          .traits = traits};
}

constexpr auto kUnit = std::pair(0.0F, 1.0F);

}  // namespace

extern const Operator op_Softmax =
    line_operator<SoftmaxLine>("Softmax", {.quantizable = true, .fixed_range = kUnit});
extern const Operator op_LogSoftmax = line_operator<LogSoftmaxLine>("LogSoftmax", {});
extern const Operator op_Hardmax = line_operator<HardmaxLine>("Hardmax", {.fixed_range = kUnit});

}  // namespace edgeopt
