// mse: the range of least mean squared error between a tensor and its quantized form.
#include "quant/calibrator.h"
#include "quant/calibrators/search.h"
#include "quant/distribution.h"

namespace edgeopt {
namespace {

Range range(const ObservedTensor& observed, const QuantSpec& spec, const OptionValues&) {
  const Distribution distribution(observed);
  if (distribution.empty()) return distribution.range();
  return search_range(distribution.range(), spec, [&](const Grid& grid, double limit) {
    return distribution.error(grid, 1, limit);
  });
}

}  // namespace

extern const Calibrator calibrator_mse = {
    .name = "mse",
    .summary = "the range of least mean squared error",
    .options = {},
    .range = range,
};

}  // namespace edgeopt
