#include "kernels/transcendental.h"

#include <bit>
#include <cmath>

#include "kernels/simd.h"

namespace edgeopt {
namespace {

// e^x = 2^n e^r with n = round(x / ln 2) and |r| <= ln 2 / 2. The series of e^r up to r^7 leaves an
// error of 2^-27 at the ends of that interval. ln 2 in two parts, the first of few bits, so that
// n * kLn2High is exact.
constexpr float kLog2E = 1.44269504088896341F;
constexpr float kLn2High = 0.693359375F;
constexpr float kLn2Low = -2.12194440e-4F;
constexpr float kRounder = 12582912.0F;  // 1.5 * 2^23: adding it rounds to an integer
constexpr float kLowest = -87.33F;       // e^x is the smallest normal float about here
constexpr float kHighest = 88.72F;       // and the largest here

inline __attribute__((always_inline)) float exp_of(float x) {
  const float low = x < kLowest ? kLowest : x;
  const float t = low > kHighest ? kHighest : low;
  const float rounded = t * kLog2E + kRounder;
  const float n = rounded - kRounder;
  const float r = (t - n * kLn2High) - n * kLn2Low;
  float p = 1.0F / 5040;
  p = p * r + 1.0F / 720;
  p = p * r + 1.0F / 120;
  p = p * r + 1.0F / 24;
  p = p * r + 1.0F / 6;
  p = p * r + 0.5F;
  p = p * r * r + r + 1;
  // 2^n in two factors: n reaches 128. The low bits of `rounded` are n.
  const int32_t exponent = std::bit_cast<int32_t>(rounded) - std::bit_cast<int32_t>(kRounder);
  const int32_t half = exponent >> 1;
  const float first = std::bit_cast<float>((half + 127) << 23);
  const float second = std::bit_cast<float>((exponent - half + 127) << 23);
  return p * first * second;
}

inline __attribute__((always_inline)) float sigmoid_of(float x) { return 1 / (1 + exp_of(-x)); }

// (1 - e) / (1 + e) with e = exp(-2 |x|); near zero, where that cancels, the odd series.
inline __attribute__((always_inline)) float tanh_of(float x) {
  const float magnitude = std::fabs(x);
  const float e = exp_of(-2 * magnitude);
  const float far = std::copysign((1 - e) / (1 + e), x);
  const float z = x * x;
  float p = -1382.0F / 155925;
  p = p * z + 62.0F / 2835;
  p = p * z - 17.0F / 315;
  p = p * z + 2.0F / 15;
  p = p * z - 1.0F / 3;
  const float near = p * z * x + x;
  return magnitude < 0.25F ? near : far;
}

}  // namespace

// ivdep: y may be x itself, and a check for that at run time would choose the scalar loop.
EDGEOPT_SIMD void exp(const float* x, float* y, int64_t count) {
#pragma GCC ivdep
  for (int64_t i = 0; i < count; ++i) y[i] = exp_of(x[i]);
}

EDGEOPT_SIMD void sigmoid(const float* x, float* y, int64_t count) {
#pragma GCC ivdep
  for (int64_t i = 0; i < count; ++i) y[i] = sigmoid_of(x[i]);
}

EDGEOPT_SIMD void silu(const float* x, float* y, int64_t count) {
#pragma GCC ivdep
  for (int64_t i = 0; i < count; ++i) y[i] = x[i] * sigmoid_of(x[i]);
}

EDGEOPT_SIMD void tanh(const float* x, float* y, int64_t count) {
#pragma GCC ivdep
  for (int64_t i = 0; i < count; ++i) y[i] = tanh_of(x[i]);
}

}  // namespace edgeopt
