// sqnr: AIMET's "tf_enhanced": a fixed set of candidate grids, least squared error with clipping
// weighted by gamma.
#include <algorithm>
#include <cmath>

#include "quant/calibrator.h"
#include "quant/distribution.h"

namespace edgeopt {
namespace {

class Candidates {
 public:
  Candidates(const Distribution& distribution, const QuantSpec& spec, double gamma)
      : distribution_(distribution), spec_(spec), gamma_(gamma) {
    consider(distribution.range());
  }

  // 101 scales, up to 1.01 times that of the observed range.
  void consider_symmetric() {
    const Range widest = distribution_.range();
    for (int i = 1; i <= 101; ++i) {
      const float share = static_cast<float>(i) / 100;
      consider({widest.min * share, widest.max * share});
    }
  }

  // 17 scales (1/16 .. 17/16 of the observed range's) times 21 offsets (-steps .. 0); each pair's
  // range is cut to the observed one.
  void consider_asymmetric() {
    const Range widest = distribution_.range();
    const double steps = std::ldexp(1.0, spec_.bits) - 1;
    const double largest = (static_cast<double>(widest.max) - widest.min) / steps;
    for (int i = 1; i <= 17; ++i) {
      const double scale = largest * i / 16;
      for (int j = 0; j <= 20; ++j) {
        const double offset = -steps + std::round(steps / 20 * j);
        consider({std::max(widest.min, static_cast<float>(scale * offset)),
                  std::min(widest.max, static_cast<float>(scale * (offset + steps)))});
      }
    }
  }

  Range best() const { return best_; }

 private:
  void consider(Range range) {
    if (range.min >= range.max) return;
    const double cost = distribution_.error(encode_range(range, spec_), gamma_, best_cost_);
    if (cost >= best_cost_) return;
    best_cost_ = cost;
    best_ = range;
  }

  const Distribution& distribution_;
  QuantSpec spec_;
  double gamma_;
  Range best_;
  double best_cost_ = INFINITY;
};

Range range(const ObservedTensor& observed, const QuantSpec& spec, const OptionValues& options) {
  const Distribution distribution(observed);
  if (distribution.empty()) return distribution.range();
  Candidates candidates(distribution, spec, options.number("gamma"));
  if (spec.symmetric) {
    candidates.consider_symmetric();
  } else {
    candidates.consider_asymmetric();
  }
  return candidates.best();
}

}  // namespace

extern const Calibrator calibrator_sqnr = {
    .name = "sqnr",
    .summary = "least squared error with clipping weighted by gamma (AIMET's tf_enhanced)",
    .options = {{.name = "gamma",
                 .type = OptionSpec::Type::kFloat,
                 .default_value = "3",
                 .help = "weight of clipping against rounding",
                 .minimum = 0,
                 .maximum = 1000}},
    .range = range,
};

}  // namespace edgeopt
