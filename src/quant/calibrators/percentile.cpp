// percentile: cuts the same share of elements off each end.
#include <algorithm>

#include "quant/calibrator.h"
#include "quant/distribution.h"

namespace edgeopt {
namespace {

Range range(const ObservedTensor& observed, const QuantSpec&, const OptionValues& options) {
  const Distribution distribution(observed);
  if (distribution.empty()) return distribution.range();
  const double share = options.number("percentage") / 100;
  return {std::min(distribution.quantile(1 - share), 0.0F),
          std::max(distribution.quantile(share), 0.0F)};
}

}  // namespace

extern const Calibrator calibrator_percentile = {
    .name = "percentile",
    .summary = "cut the same share of elements off each end of the range",
    .options = {{.name = "percentage",
                 .type = OptionSpec::Type::kFloat,
                 .default_value = "99.99",
                 .help = "percent of the elements below the upper end (and above the lower)",
                 .minimum = 50,
                 .maximum = 100}},
    .range = range,
};

}  // namespace edgeopt
