// NegativeLogLikelihoodLoss, SoftmaxCrossEntropyLoss: losses of class scores [N, C, ...] against
// labels [N, ...], weighted by class.
#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/format.h"
#include "ops/axis.h"
#include "ops/op.h"
#include "tensor/dispatch.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

void check_reduction(const InferContext& c) {
  const std::string reduction = c.node().string_or("reduction", "mean");
  if (reduction != "none" && reduction != "sum" && reduction != "mean") {
    c.bad("reduction is '" + reduction + "', not none, sum or mean");
  }
}

void infer(InferContext& c) {
  const Shape& scores = c.shape(0);
  Shape labels = scores;
  if (scores.size() < 2 || scores[1] < 1) c.bad("its scores have no classes");
  labels.erase(labels.begin() + 1);
  if (c.shape(1) != labels) c.bad("labels do not fit the scores");
  if (c.has_input(2) && c.shape(2) != Shape{scores[1]}) c.bad("has not one weight for each class");
  c.require_same_types(2);
  check_reduction(c);
  const bool reduced = c.node().string_or("reduction", "mean") != "none";
  c.set_output(0, c.type(0), reduced ? Shape{} : labels);
  if (c.has_output(1)) c.set_output(1, c.type(0), scores);
}

template <typename T>
std::vector<double> widened(const Tensor& x) {
  std::vector<double> values;
  for (int64_t i = 0; i < x.size(); ++i) {
    values.push_back(static_cast<double>(static_cast<Wide<T>>(x.data<T>()[i])));
  }
  return values;
}

// In place, along the axis.
void log_softmax(std::vector<double>& values, const AxisView& view) {
  for (int64_t line = 0; line < view.outer * view.inner; ++line) {
    double* x = values.data() + line / view.inner * view.length * view.inner + line % view.inner;
    double top = x[0];
    for (int64_t k = 1; k < view.length; ++k) top = std::max(top, x[k * view.inner]);
    double sum = 0;
    for (int64_t k = 0; k < view.length; ++k) sum += std::exp(x[k * view.inner] - top);
    const double shift = top + std::log(sum);
    for (int64_t k = 0; k < view.length; ++k) x[k * view.inner] -= shift;
  }
}

template <typename T>
void write_loss(ComputeContext& c, const std::vector<double>& log_probabilities) {
  const AxisView view(c.input(0).shape(), 1);
  const std::vector<int64_t> labels = c.ints(1);
  const std::vector<double> weights =
      c.has_input(2) ? widened<T>(c.input(2)) : std::vector<double>();
  std::optional<int64_t> ignored;
  if (c.node().find_attribute("ignore_index") != nullptr) {
    ignored = to_axis_length(c.node().int_or("ignore_index", 0));
  }
  const std::string reduction = c.node().string_or("reduction", "mean");
  T* to = c.output(0).mutable_data<T>();
  double sum = 0;
  double total = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    double loss = 0;
    if (labels[i] != ignored) {
      if (labels[i] < 0 || labels[i] >= view.length) c.bad(format("label {}", labels[i]));
      const auto at = static_cast<int64_t>(i);
      const int64_t place =
          (at / view.inner * view.length + labels[i]) * view.inner + at % view.inner;
      const double weight = weights.empty() ? 1.0 : weights[static_cast<size_t>(labels[i])];
      loss = -log_probabilities[static_cast<size_t>(place)] * weight;
      total += weight;
    }
    sum += loss;
    if (reduction == "none") to[i] = static_cast<T>(static_cast<Wide<T>>(loss));
  }
  if (reduction == "mean") sum /= total;
  if (reduction != "none") *to = static_cast<T>(static_cast<Wide<T>>(sum));
}

template <bool kSoftmax>
void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const bool known = dispatch(x.type(), FloatTypes(), [&]<typename T>(std::type_identity<T>) {
    std::vector<double> values = widened<T>(x);
    if (kSoftmax) log_softmax(values, AxisView(x.shape(), 1));
    write_loss<T>(c, values);
    if (!c.has_output(1)) return;
    T* to = c.output(1).mutable_data<T>();
    for (const double value : values) *to++ = static_cast<T>(static_cast<Wide<T>>(value));
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

}  // namespace

extern const Operator op_NegativeLogLikelihoodLoss = {
    .name = "NegativeLogLikelihoodLoss", .domain = "", .infer = infer, .compute = compute<false>};
extern const Operator op_SoftmaxCrossEntropyLoss = {
    .name = "SoftmaxCrossEntropyLoss", .domain = "", .infer = infer, .compute = compute<true>};

}  // namespace edgeopt
