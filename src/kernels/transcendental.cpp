#include "kernels/transcendental.h"

#include <cmath>

#include "kernels/simd.h"
#include "kernels/vector.h"

namespace edgeopt {
namespace {

// e^x = 2^n e^r with n = round(x / ln 2) and |r| <= ln 2 / 2. The series of e^r up to r^7 leaves an
// error of 2^-27 at the ends of that interval. ln 2 in two parts, the first of few bits, so that
// n * kLn2High is exact.
constexpr float kLog2E = 1.44269504088896341F;
constexpr float kLn2High = 0.693359375F;
constexpr float kLn2Low = -2.12194440e-4F;
constexpr float kRounder = 12582912.0F;        // 1.5 * 2^23: adding it rounds to an integer
constexpr int32_t kRounderBits = 0x4b400000;   // its bits
constexpr float kLowest = -87.33F;             // e^x is the smallest normal float about here
constexpr float kHighest = 88.72F;             // and the largest here
constexpr float kHighestOfOneFactor = 88.37F;  // below it n <= 127

EDGEOPT_INLINE Floats two_to(Ints n) { return (Floats)((n + 127) << 23); }

// kOneFactor: x is at most kHighestOfOneFactor.
template <bool kOneFactor>
EDGEOPT_INLINE Floats exp_of(Floats x) {
  const Floats t = at_most(at_least(x, kLowest), kOneFactor ? kHighestOfOneFactor : kHighest);
  const Floats rounded = t * kLog2E + kRounder;
  const Floats n = rounded - kRounder;
  const Floats r = (t - n * kLn2High) - n * kLn2Low;
  Floats p = r * (1.0F / 5040) + 1.0F / 720;
  p = p * r + 1.0F / 120;
  p = p * r + 1.0F / 24;
  p = p * r + 1.0F / 6;
  p = p * r + 0.5F;
  p = p * r * r + r + 1.0F;
  const Ints exponent = (Ints)rounded - kRounderBits;
  if (kOneFactor) return p * two_to(exponent);
  const Ints half = exponent >> 1;
  return p * two_to(half) * two_to(exponent - half);
}

EDGEOPT_INLINE Floats sigmoid_of(Floats x) { return 1.0F / (1.0F + exp_of<true>(-x)); }

// (1 - e) / (1 + e) with e = exp(-2 |x|); near zero, where that cancels, the odd series.
EDGEOPT_INLINE Floats tanh_of(Floats x) {
  const Ints sign = (Ints)x & INT32_MIN;
  const auto magnitude = (Floats)((Ints)x ^ sign);
  const Floats e = exp_of<true>(-2.0F * magnitude);
  const auto far = (Floats)((Ints)((1.0F - e) / (1.0F + e)) | sign);
  const Floats z = x * x;
  Floats p = z * (-1382.0F / 155925) + 62.0F / 2835;
  p = p * z - 17.0F / 315;
  p = p * z + 2.0F / 15;
  p = p * z - 1.0F / 3;
  const Floats near = p * z * x + x;
  return magnitude < 0.25F ? near : far;
}

}  // namespace

EDGEOPT_SIMD void exp(const float* x, float* y, int64_t count) {
  map_floats(x, y, count, [](Floats v) EDGEOPT_LAMBDA { return exp_of<false>(v); });
}

EDGEOPT_SIMD void sigmoid(const float* x, float* y, int64_t count) {
  map_floats(x, y, count, [](Floats v) EDGEOPT_LAMBDA { return sigmoid_of(v); });
}

EDGEOPT_SIMD void silu(const float* x, float* y, int64_t count) {
  map_floats(x, y, count, [](Floats v) EDGEOPT_LAMBDA { return v * sigmoid_of(v); });
}

EDGEOPT_SIMD void tanh(const float* x, float* y, int64_t count) {
  map_floats(x, y, count, [](Floats v) EDGEOPT_LAMBDA { return tanh_of(v); });
}

}  // namespace edgeopt
