// Exponential functions in terms of the arithmetic of some vector type. `Math` has
// * Vector, of the compiler's own vector types, and
// * multiply_add(a, b, c) = a b + c, at_least(v, low), at_most(v, high), in which a NaN in v stays,
// * within(v, limit): v between -limit and limit; a NaN may become a number,
// * pick(eight, at): eight[at mod 8] for each of the integers `at`.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "kernels/inline.h"

namespace edgeopt {

constexpr float kLog2E = 1.44269504088896341F;
constexpr float kLn2High = 0.693359375F;
constexpr float kLn2Low = -2.12194440e-4F;
constexpr float kHalfOfRootTwo = 0.707106781F;
constexpr float kRounder = 12582912.0F;        // 1.5 * 2^23: adding it rounds to an integer
constexpr int32_t kRounderBits = 0x4b400000;   // its bits
constexpr float kLowest = -87.33F;             // e^x is the smallest normal float about here
constexpr float kHighest = 88.72F;             // and the largest here
constexpr float kHighestOfOneFactor = 88.37F;  // below it n <= 127
constexpr float kEighthRounder = 1572864.0F;   // 1.5 * 2^20: adding it rounds to eighths

// 2^(j / 8) as bits, less what j adds to the bits of a number when the last bits of n + j / 8 are
// shifted to where the exponent begins.
inline constexpr auto kEighthPowers = [] {
  const float powers[] = {1.0F,        1.09050773F, 1.18920712F, 1.29683955F,
                          1.41421356F, 1.54221083F, 1.68179283F, 1.83400809F};
  std::array<int32_t, 8> bits{};
  for (int32_t j = 0; j < 8; ++j) {
    bits[static_cast<size_t>(j)] =
        std::bit_cast<int32_t>(powers[static_cast<size_t>(j)]) - (j << 20);
  }
  return bits;
}();

template <typename Math>
struct Transcendental {
  using Vector = typename Math::Vector;
  using Integers = decltype(Vector() < Vector());

  // e^x = 2^n e^r with n = round(x / ln 2) and |r| <= ln 2 / 2. The series of e^r up to r^7 leaves
  // an error of 2^-27 at the ends of that interval. ln 2 in two parts, the first of few bits, so
  // that n * kLn2High is exact. kOneFactor: x is at most kHighestOfOneFactor.
  template <bool kOneFactor>
  static EDGEOPT_INLINE Vector exp(Vector x) {
    const Vector t =
        Math::at_most(Math::at_least(x, kLowest), kOneFactor ? kHighestOfOneFactor : kHighest);
    const Vector rounded = Math::multiply_add(t, all(kLog2E), all(kRounder));
    const Vector n = rounded - kRounder;
    const Vector r = Math::multiply_add(n, all(-kLn2Low), Math::multiply_add(n, all(-kLn2High), t));
    const Vector p =
        polynomial(r, {1.0F / 5040, 1.0F / 720, 1.0F / 120, 1.0F / 24, 1.0F / 6, 0.5F});
    const Vector series = Math::multiply_add(p * r, r, r) + 1.0F;
    const Integers exponent = (Integers)rounded - kRounderBits;
    if (kOneFactor) return series * two_to(exponent);
    const Integers half = exponent >> 1;
    return series * two_to(half) * two_to(exponent - half);
  }

  static EDGEOPT_INLINE Vector sigmoid(Vector x) {
    return 1.0F / one_plus_exp_of_minus(Math::at_most(Math::at_least(x, kLowest), -kLowest));
  }

  // x sigmoid(x); a NaN stays by the division.
  static EDGEOPT_INLINE Vector silu(Vector x) {
    return x / one_plus_exp_of_minus(Math::within(x, -kLowest));
  }

  // (1 - e) / (1 + e) with e = exp(-2 |x|); near zero, where that cancels, the odd series.
  static EDGEOPT_INLINE Vector tanh(Vector x) {
    const Integers sign = (Integers)x & INT32_MIN;
    const auto magnitude = (Vector)((Integers)x ^ sign);
    const Vector e = exp<true>(-2.0F * magnitude);
    const auto far = (Vector)((Integers)((1.0F - e) / (1.0F + e)) | sign);
    const Vector z = x * x;
    const Vector p =
        polynomial(z, {-1382.0F / 155925, 62.0F / 2835, -17.0F / 315, 2.0F / 15, -1.0F / 3});
    const Vector near = Math::multiply_add(p * z, x, x);
    return magnitude < 0.25F ? near : far;
  }

  static EDGEOPT_INLINE Vector erf(Vector x) {
    const Integers sign = (Integers)x & INT32_MIN;
    const auto magnitude = (Vector)((Integers)x ^ sign);
    const auto far = (Vector)((Integers)(1.0F - erfc_beyond_one(magnitude)) | sign);
    return magnitude < 1.0F ? erf_below_one(x) : far;
  }

  // x times the share of the normal distribution below x. That of a negative x is taken from erfc,
  // which keeps its digits where 1 + erf has none left.
  static EDGEOPT_INLINE Vector gelu(Vector x) {
    const Vector scaled = x * kHalfOfRootTwo;
    const auto magnitude = (Vector)((Integers)scaled & INT32_MAX);
    const Vector tail = 0.5F * erfc_beyond_one(magnitude);
    const Vector near = Math::multiply_add(all(0.5F), erf_below_one(scaled), all(0.5F));
    const Vector far = x < 0.0F ? tail : 1.0F - tail;
    return x * (magnitude < 1.0F ? near : far);
  }

 private:
  // An odd polynomial, fitted to |x| <= 1 with an error of 1.4e-9 of the value.
  static EDGEOPT_INLINE Vector erf_below_one(Vector x) {
    const Vector z = x * x;
    const Vector p = polynomial(z, {7.88249745e-5F, -8.01885501e-4F, 5.18931216e-3F,
                                    -2.68543288e-2F, 0.112835974F, -0.37612626F, 0.128379107F});
    return Math::multiply_add(p, x, x);
  }

  // 1 - erf(x) = e^-q(x) for x >= 1: q fitted up to 4 with an error of 1e-10 of erf and 3e-6 of the
  // result. Beyond 4, where erf is 1, it is 0. A NaN stays.
  static EDGEOPT_INLINE Vector erfc_beyond_one(Vector x) {
    const Vector t = Math::at_most(x, 4.0F);
    const Vector q =
        polynomial(t, {-1.494206e-6F, 4.36567498e-5F, -5.79686370e-4F, 4.69195005e-3F,
                       -2.62590274e-2F, 0.10983862F, 0.632044673F, 1.13012326F, -2.96448095e-4F});
    return x >= 4.0F ? all(0.0F) : exp<true>(-q);
  }

  // 1 + e^-x for kLowest <= x <= -kLowest. Here e^-x = 2^n e^r with n = round(-8 x / ln 2) / 8 and
  // |r| <= ln 2 / 16, 2^n from a table of eight and an exponent. The coefficients of r^2 and r^3
  // leave the smallest error on that interval: 2.6e-8.
  static EDGEOPT_INLINE Vector one_plus_exp_of_minus(Vector x) {
    const Vector rounded = Math::multiply_add(x, all(-kLog2E), all(kEighthRounder));
    const Vector n = rounded - kEighthRounder;
    const Vector r =
        Math::multiply_add(n, all(-kLn2Low), Math::multiply_add(n, all(-kLn2High), -x));
    const auto bits = (Integers)rounded;
    const auto power = (Vector)(Math::pick(kEighthPowers.data(), bits) + (bits << 20));
    return Math::multiply_add(power, polynomial(r, {0.166671664F, 0.500064671F, 1.0F, 1.0F}),
                              all(1.0F));
  }

  static EDGEOPT_INLINE Vector all(float value) { return Vector() + value; }
  static EDGEOPT_INLINE Vector two_to(Integers n) { return (Vector)((n + 127) << 23); }

  // Coefficients from the highest power down.
  template <int kCount>
  static EDGEOPT_INLINE Vector polynomial(Vector x, const float (&coefficients)[kCount]) {
    Vector p = all(coefficients[0]);
#pragma GCC unroll 9
    for (int i = 1; i < kCount; ++i) p = Math::multiply_add(p, x, all(coefficients[i]));
    return p;
  }
};

}  // namespace edgeopt
