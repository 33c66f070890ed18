// Eight floats at a time by AVX2 and FMA. Included after all other headers by files that are run
// only where tiled_kernels_available(): what follows the pragma is compiled for these instructions.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/tiled/fused_steps.h"

#pragma GCC target("avx2,fma")

namespace edgeopt {
namespace {

using Lanes = __m256;
inline constexpr int kLanes = 8;

inline Lanes load(const float* p) { return _mm256_loadu_ps(p); }
inline void store(float* p, Lanes v) { _mm256_storeu_ps(p, v); }
inline Lanes repeat(const float* p) { return _mm256_broadcast_ss(p); }
inline Lanes repeat(float v) { return _mm256_set1_ps(v); }
inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_ps(a, b, c); }

// x / scale correctly rounded (Markstein, "Computation of elementary functions on the IBM RISC
// System/6000 processor", 1990): `inverse` is 1 / scale correctly rounded; the first correction
// brings the quotient within one unit in the last place, the second makes it exact. 2^-100 <= scale
// <= 2^100, and x is bounded, so that nothing overflows.
inline Lanes divide(Lanes x, Lanes scale, Lanes inverse) {
  Lanes q = _mm256_mul_ps(x, inverse);
  q = _mm256_fmadd_ps(_mm256_fnmadd_ps(q, scale, x), inverse, q);
  return _mm256_fmadd_ps(_mm256_fnmadd_ps(q, scale, x), inverse, q);
}

// Reads all lanes, or the first few: the others are zero.
struct WholeLoad {
  Lanes operator()(const float* p) const { return load(p); }
};
struct PartLoad {
  __m256i mask;
  explicit PartLoad(int64_t count)
      : mask(_mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)),
                                _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))) {}
  Lanes operator()(const float* p) const { return _mm256_maskload_ps(p, mask); }
};

// The operations of kernels/epilogue.cpp, bit by bit.
template <EpilogueStep::Kind kKind>
inline Lanes apply_step(const FusedStep& step, Lanes x) {
  using Kind = EpilogueStep::Kind;
  if constexpr (kKind == Kind::kRelu) {
    return _mm256_max_ps(_mm256_setzero_ps(), x);  // a NaN stays
  } else if constexpr (kKind == Kind::kClip) {
    return _mm256_min_ps(repeat(&step.high), _mm256_max_ps(repeat(&step.low), x));
  } else if constexpr (kKind == Kind::kLeakyRelu) {
    return _mm256_blendv_ps(x, _mm256_mul_ps(repeat(&step.scale), x), x);
  } else {
    static_assert(kKind == Kind::kFakeQuant);
    const Lanes scale = repeat(&step.scale);
    const Lanes rounder = repeat(12582912.0F);
    const Lanes inside = _mm256_min_ps(_mm256_max_ps(x, repeat(&step.low)), repeat(&step.high));
    const Lanes quotient = divide(inside, scale, repeat(&step.inverse));
    return _mm256_mul_ps(_mm256_sub_ps(_mm256_add_ps(quotient, rounder), rounder), scale);
  }
}

template <EpilogueStep::Kind kKind, int kR, int kV>
inline void apply_to_tile(const FusedStep& step, Lanes (&tile)[kR][kV]) {
#pragma GCC unroll 16
  for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kV; ++v) tile[r][v] = apply_step<kKind>(step, tile[r][v]);
  }
}

// The steps on a tile of kR rows of kV vectors; element (r, v) of the result lies at
// `at` + r * stride + v * kLanes of the operands.
template <int kR, int kV, typename Load>
inline void apply_steps(const FusedStep* steps, int64_t count, const float* const* operands,
                        int64_t at, int64_t stride, Load read, Lanes (&tile)[kR][kV]) {
  using Kind = EpilogueStep::Kind;
  for (int64_t i = 0; i < count; ++i) {
    const FusedStep& step = steps[i];
    switch (step.kind) {
      case Kind::kRelu: apply_to_tile<Kind::kRelu>(step, tile); break;
      case Kind::kClip: apply_to_tile<Kind::kClip>(step, tile); break;
      case Kind::kLeakyRelu: apply_to_tile<Kind::kLeakyRelu>(step, tile); break;
      case Kind::kAdd: {
        const float* operand = operands[step.operand] + at;
#pragma GCC unroll 16
        for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 4
          for (int v = 0; v < kV; ++v) {
            tile[r][v] = _mm256_add_ps(tile[r][v], read(operand + r * stride + v * kLanes));
          }
        }
        break;
      }
      default: apply_to_tile<Kind::kFakeQuant>(step, tile);
    }
  }
}

}  // namespace
}  // namespace edgeopt
