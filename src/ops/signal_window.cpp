// HannWindow, HammingWindow, BlackmanWindow, MelWeightMatrix: constants of signal processing.
#include <cmath>
#include <numbers>

#include "base/format.h"
#include "ops/op.h"
#include "tensor/dispatch.h"
#include "tensor/limits.h"
#include "tensor/to_integer.h"

namespace edgeopt {
namespace {

DataType output_type(const Node& node) {
  return static_cast<DataType>(
      node.int_or("output_datatype", static_cast<int64_t>(DataType::kFloat)));
}

void infer_window(InferContext& c) {
  const std::vector<int64_t> size = c.ints(0);
  if (size.size() != 1 || size[0] < 0) c.bad("its size is not one positive number");
  c.set_output(0, output_type(c.node()), {size[0]});
}

template <typename F>
void fill(ComputeContext& c, F f) {
  Tensor& y = c.output(0);
  const bool known = dispatch(y.type(), NumericTypes(), [&]<typename T>(std::type_identity<T>) {
    for (int64_t i = 0; i < y.size(); ++i) {
      y.mutable_data<T>()[i] = static_cast<T>(to_number<Wide<T>>(f(i)));
    }
  });
  if (!known) c.unsupported("type " + name_of(y.type()));
}

// a - b cos(2 pi n / N) + c cos(4 pi n / N), where N counts one step less unless periodic.
void compute_window(ComputeContext& c, double a, double b, double d) {
  const int64_t size = c.output(0).size();
  const bool periodic = c.node().int_or("periodic", 1) != 0;
  const auto steps = static_cast<double>(periodic ? size : size - 1);
  fill(c, [=](int64_t i) {
    if (steps == 0) return 1.0;
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / steps;
    return a - b * std::cos(angle) + d * std::cos(2 * angle);
  });
}

struct MelBank {
  int64_t filters = 0;
  int64_t dft_length = 0;
  int64_t sample_rate = 0;
};

template <typename Context>
MelBank mel_bank(const Context& c) {
  const MelBank bank{c.integer(0), c.integer(1), c.integer(2)};
  if (bank.filters < 1 || bank.dft_length < 1 || bank.sample_rate < 1) {
    c.bad("a size or rate is not positive");
  }
  return bank;
}

void infer_mel(InferContext& c) {
  const MelBank bank = mel_bank(c);
  c.set_output(0, output_type(c.node()), {bank.dft_length / 2 + 1, bank.filters});
}

double mel(double hertz) { return 2595 * std::log10(1 + hertz / 700); }

// The bin of the spectrum where each filter starts, peaks and ends: evenly spaced in mels.
std::vector<int64_t> mel_edges(const ComputeContext& c, const MelBank& bank) {
  const std::vector<float> lowest = c.floats(3);
  const std::vector<float> highest = c.floats(4);
  if (lowest.size() != 1 || highest.size() != 1) c.bad("an edge is not one number");
  const double low = mel(lowest[0]);
  const double high = mel(highest[0]);
  std::vector<int64_t> edges;
  for (int64_t i = 0; i < bank.filters + 2; ++i) {
    const double at =
        low + static_cast<double>(i) * (high - low) / static_cast<double>(bank.filters + 2);
    const double hertz = 700 * (std::pow(10, at / 2595) - 1);
    edges.push_back(to_axis_length(std::floor(static_cast<double>(bank.dft_length + 1) * hertz /
                                              static_cast<double>(bank.sample_rate))));
  }
  return edges;
}

void compute_mel(ComputeContext& c) {
  const MelBank bank = mel_bank(c);
  const std::vector<int64_t> edges = mel_edges(c, bank);
  fill(c, [&](int64_t i) {
    const int64_t bin = i / bank.filters;
    const auto filter = static_cast<size_t>(i % bank.filters);
    const int64_t start = edges[filter];
    const int64_t peak = edges[filter + 1];
    const int64_t end = edges[filter + 2];
    if (bin == peak) return 1.0;
    if (bin < start || bin >= end) return 0.0;
    return bin < peak ? static_cast<double>(bin - start) / static_cast<double>(peak - start)
                      : static_cast<double>(end - bin) / static_cast<double>(end - peak);
  });
}

}  // namespace

extern const Operator op_HannWindow = {
    .name = "HannWindow",
    .domain = "",
    .infer = infer_window,
    .compute = [](ComputeContext& c) { compute_window(c, 0.5, 0.5, 0); },
};
extern const Operator op_HammingWindow = {
    .name = "HammingWindow",
    .domain = "",
    .infer = infer_window,
    .compute = [](ComputeContext& c) { compute_window(c, 25.0 / 46, 21.0 / 46, 0); },
};
extern const Operator op_BlackmanWindow = {
    .name = "BlackmanWindow",
    .domain = "",
    .infer = infer_window,
    .compute = [](ComputeContext& c) { compute_window(c, 0.42, 0.5, 0.08); },
};
extern const Operator op_MelWeightMatrix = {
    .name = "MelWeightMatrix", .domain = "", .infer = infer_mel, .compute = compute_mel};

}  // namespace edgeopt
