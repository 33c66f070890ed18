#include "kernels/tiled/reciprocal.h"

#include <bit>
#include <cmath>

#include "kernels/inline.h"
#include "kernels/simd.h"

namespace edgeopt {
namespace {

constexpr int32_t kNeighbours = 3;  // floats on each side of a border, whose own error is a half
constexpr int32_t kTries = 8;

// Half to even, up to 2^22.
EDGEOPT_INLINE float rounded(float x) { return (x + 12582912.0F) - 12582912.0F; }

// Both ways are monotonic in x, so that they agree everywhere if they agree around the borders
// between neighbouring numbers.
EDGEOPT_SIMD bool agrees(float scale, Reciprocal by, int32_t lowest, int32_t highest) {
  int32_t wrong = 0;
  for (int32_t d = -kNeighbours; d <= kNeighbours; ++d) {
    for (int32_t n = lowest; n < highest; ++n) {
      const float border = (static_cast<float>(n) + 0.5F) * scale;
      const float x = std::bit_cast<float>(std::bit_cast<int32_t>(border) + d);
      const float made = __builtin_fmaf(x, by.high, x * by.low);
      wrong += rounded(made) == rounded(x / scale) ? 0 : 1;
    }
  }
  return wrong == 0;
}

}  // namespace

std::optional<Reciprocal> reciprocal_of(float scale, int32_t lowest, int32_t highest) {
  const double whole = 1 / static_cast<double>(scale);
  Reciprocal by;
  by.high = static_cast<float>(whole);
  by.low = static_cast<float>(whole - static_cast<double>(by.high));
  Reciprocal below = by;
  for (int32_t i = 0; i < kTries; ++i) {
    if (agrees(scale, by, lowest, highest)) return by;
    if (agrees(scale, below, lowest, highest)) return below;
    by.low = std::nextafter(by.low, INFINITY);
    below.low = std::nextafter(below.low, -INFINITY);
  }
  return std::nullopt;
}

}  // namespace edgeopt
