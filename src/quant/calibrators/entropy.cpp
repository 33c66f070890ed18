// entropy: the range whose quantized histogram diverges least from the observed one.
//
// Migacz, "8-bit inference with TensorRT" (GTC 2017), with the real levels of the grid, both ends
// free, and every candidate scored in O(levels) from running sums.
#include <algorithm>
#include <cmath>

#include "quant/calibrator.h"
#include "quant/calibrators/search.h"
#include "quant/distribution.h"

namespace edgeopt {
namespace {

// Running sums over the bins, read at fractional bins.
class Sums {
 public:
  struct At {
    double mass = 0;     // elements
    double support = 0;  // non-empty bins
    double entropy = 0;  // sum of c log c
  };

  explicit Sums(const ObservedTensor& observed)
      : width_(observed.width), first_(static_cast<double>(observed.first)) {
    sums_.reserve(observed.counts.size() + 1);
    sums_.emplace_back();
    for (const uint64_t bin : observed.counts) {
      At sum = sums_.back();
      if (bin > 0) {
        const auto count = static_cast<double>(bin);
        sum = {sum.mass + count, sum.support + 1, sum.entropy + count * std::log(count)};
      }
      sums_.push_back(sum);
    }
  }

  At at(double x) const {
    const double place =
        std::clamp(x / width_ - first_, 0.0, static_cast<double>(sums_.size() - 1));
    const auto index = std::min(static_cast<size_t>(place), sums_.size() - 2);
    const double share = place - static_cast<double>(index);
    const At& a = sums_[index];
    const At& b = sums_[index + 1];
    return {a.mass + share * (b.mass - a.mass), a.support + share * (b.support - a.support),
            a.entropy + share * (b.entropy - a.entropy)};
  }
  const At& total() const { return sums_.back(); }
  double width() const { return width_; }

 private:
  double width_;
  double first_;
  std::vector<At> sums_;
};

// KL divergence of P (the observed bins, what is clipped added to the end bins) from Q (each
// level's elements spread evenly over its non-empty bins, without what is clipped).
double divergence(const Sums& sums, const Grid& grid, Range widest) {
  const double scale = grid.scale;
  // Levels finer than bins hide what they lose; with hardly any range left everything is clipped
  // into two bins, which would look like a perfect match.
  if (scale < sums.width()) return INFINITY;
  const double lowest = (grid.low - grid.zero_point) * scale;
  const double highest = (grid.high - grid.zero_point) * scale;
  const double start = std::max<double>(lowest, widest.min);
  const double end = std::min<double>(highest, widest.max + sums.width());
  const Sums::At first = sums.at(lowest - scale / 2);
  const Sums::At last = sums.at(highest + scale / 2);
  const double inside = last.mass - first.mass;
  if (inside <= 0) return INFINITY;

  double sum = last.entropy - first.entropy;
  double end_density[2] = {0, 0};  // elements of one bin of Q at either end
  Sums::At before = first;
  const double low_level = std::floor(start / scale + 0.5);
  const double high_level = std::floor(end / scale + 0.5);
  for (double level = low_level; level <= high_level; ++level) {
    const Sums::At after = sums.at((level + 0.5) * scale);
    const double mass = after.mass - before.mass;
    const double support = after.support - before.support;
    if (mass > 0 && support > 0) {
      sum -= mass * std::log(mass / support);
      end_density[1] = mass / support;
      if (end_density[0] == 0) end_density[0] = mass / support;
    }
    before = after;
  }
  const double clipped[2] = {first.mass, sums.total().mass - last.mass};
  for (int e = 0; e < 2; ++e) {
    if (clipped[e] <= 0) continue;
    const double bin = end_density[e];
    sum += (bin + clipped[e]) * std::log((bin + clipped[e]) / bin);
  }
  const double total = sums.total().mass;
  return sum / total + std::log(inside / total);
}

Range range(const ObservedTensor& observed, const QuantSpec& spec, const OptionValues&) {
  const Range widest{std::min(observed.min, 0.0F), std::max(observed.max, 0.0F)};
  // More levels than bins: nothing to measure.
  const bool too_fine = spec.bits > 8;
  const Sums sums(observed);
  if (too_fine || observed.counts.empty() || sums.total().mass == 0) return widest;
  return search_range(widest, spec, [&](const Grid& grid, double /*limit*/) {
    return divergence(sums, grid, widest);
  });
}

}  // namespace

extern const Calibrator calibrator_entropy = {
    .name = "entropy",
    .summary = "the range of least Kullback-Leibler divergence (up to 8 bits)",
    .options = {},
    .range = range,
};

}  // namespace edgeopt
