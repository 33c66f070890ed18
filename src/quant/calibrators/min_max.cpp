// min-max: the observed range as it is.
#include <algorithm>

#include "quant/calibrator.h"

namespace edgeopt {

extern const Calibrator calibrator_min_max = {
    .name = "min-max",
    .summary = "the observed range, nothing is clipped",
    .options = {},
    .needs_histogram = false,
    .range =
        [](const ObservedTensor& observed, const QuantSpec&, const OptionValues&) {
          return Range{std::min(observed.min, 0.0F), std::max(observed.max, 0.0F)};
        },
};

}  // namespace edgeopt
