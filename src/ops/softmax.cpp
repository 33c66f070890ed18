// Softmax, LogSoftmax, Hardmax along one axis; before opset 13 over all axes from `axis` on.
#include <cmath>
#include <vector>

#include "kernels/rows.h"
#include "ops/axis.h"
#include "ops/float_kernel.h"
#include "ops/kernel.h"
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

class SoftmaxKernel : public Kernel {
 public:
  SoftmaxKernel(const PrepareContext& context, const Rows& rows)
      : rows_(rows), node_inputs_(context.inputs.size()), steps_(context.epilogue) {}

  bool may_overwrite(size_t input) const override { return input == 0; }

  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* /*scratch*/) const override {
    auto* y = static_cast<float*>(outputs[0]);
    softmax_rows(rows_, static_cast<const float*>(inputs[0]), y);
    steps_.apply_to(y, 0, rows_.count * rows_.length, OperandPointers(inputs, node_inputs_));
  }

 private:
  Rows rows_;
  size_t node_inputs_;
  Epilogue steps_;
};

// Where the lines are rows of memory.
std::unique_ptr<Kernel> prepare_softmax(const PrepareContext& c) {
  const PrepareContext::Operand& x = c.inputs[0];
  if (!floats_to_compute(c) || x.constant != nullptr) return nullptr;
  if (x.layout != c.outputs[0].layout) return nullptr;
  const bool flat = c.opset < 13;
  const auto rank = static_cast<int64_t>(x.shape.size());
  int64_t axis = c.node->int_or("axis", flat ? 1 : -1);
  if (axis < 0) axis += rank;
  const bool last = x.layout == Layout::kPlain ? flat || axis == rank - 1 : !flat && axis == 1;
  if (!last || axis >= rank) return nullptr;
  const AxisView view(x.shape, axis);
  const int64_t length = flat ? view.length * view.inner : view.length;
  return std::make_unique<SoftmaxKernel>(c, Rows{element_count(x.shape) / length, length});
}

template <typename Line>
constexpr Operator line_operator(
    std::string_view name, OpTraits traits,
    std::unique_ptr<Kernel> (*prepare)(const PrepareContext&) = nullptr) {
  return {.name = name,
          .domain = "",
          .infer = infer,
          .compute = [](ComputeContext& c) { map_lines(c, Line()); },
          .traits = traits,
          .prepare = prepare};
}

constexpr auto kUnit = std::pair(0.0F, 1.0F);

}  // namespace

extern const Operator op_Softmax = line_operator<SoftmaxLine>(
    "Softmax", {.quantizable = true, .fixed_range = kUnit}, prepare_softmax);
extern const Operator op_LogSoftmax = line_operator<LogSoftmaxLine>("LogSoftmax", {});
extern const Operator op_Hardmax = line_operator<HardmaxLine>("Hardmax", {.fixed_range = kUnit});

}  // namespace edgeopt
