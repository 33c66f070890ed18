#include "kernels/fake_quantize.h"

#include "kernels/simd.h"

namespace edgeopt {
namespace {

// Adding and subtracting 1.5 * 2^23 rounds to the nearest integer, ties to even, while
// |x| < 2^22; the clamp before it keeps x far inside.
constexpr float kRounder = 12582912.0F;

inline float clamped_code(float x, float scale, float low, float high) {
  float t = x / scale;
  t = t > low ? t : low;  // NaN compares false
  t = t < high ? t : high;
  return (t + kRounder) - kRounder;
}

}  // namespace

EDGEOPT_SIMD void fake_quantize(const float* x, float* y, int64_t count, const Grid& grid) {
  const float scale = grid.scale;
  const auto low = static_cast<float>(grid.low - grid.zero_point);
  const auto high = static_cast<float>(grid.high - grid.zero_point);
#pragma GCC ivdep
  for (int64_t i = 0; i < count; ++i) y[i] = clamped_code(x[i], scale, low, high) * scale;
}

EDGEOPT_SIMD void quantize(const float* x, int32_t* codes, int64_t count, const Grid& grid) {
  const float scale = grid.scale;
  const auto low = static_cast<float>(grid.low - grid.zero_point);
  const auto high = static_cast<float>(grid.high - grid.zero_point);
  for (int64_t i = 0; i < count; ++i) {
    codes[i] = static_cast<int32_t>(clamped_code(x[i], scale, low, high)) + grid.zero_point;
  }
}

void fake_quantize_rows(const float* x, float* y, int64_t rows, int64_t row, const Grid* grids) {
  for (int64_t r = 0; r < rows; ++r) fake_quantize(x + r * row, y + r * row, row, grids[r]);
}

}  // namespace edgeopt
