// Eight floats at a time by AVX2 and FMA, for kernels.h.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace edgeopt {
namespace {

using Lanes = __m256;
using IntegerLanes = __m256i;
inline constexpr int kLanes = 8;
// Rows of a tile of two vectors and of one: as many sums as registers hold.
inline constexpr int kTallTile = 6;
inline constexpr int kNarrowTile = 12;

inline Lanes load(const float* p) { return _mm256_loadu_ps(p); }
inline void store(float* p, Lanes v) { _mm256_storeu_ps(p, v); }
inline Lanes repeat(const float* p) { return _mm256_broadcast_ss(p); }
inline Lanes repeat(float v) { return _mm256_set1_ps(v); }
inline Lanes add(Lanes a, Lanes b) { return _mm256_add_ps(a, b); }
inline Lanes subtract(Lanes a, Lanes b) { return _mm256_sub_ps(a, b); }
inline Lanes multiply(Lanes a, Lanes b) { return _mm256_mul_ps(a, b); }
inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_ps(a, b, c); }
inline Lanes subtract_product(Lanes c, Lanes a, Lanes b) { return _mm256_fnmadd_ps(a, b, c); }
// b where a is NaN.
inline Lanes smaller(Lanes a, Lanes b) { return _mm256_min_ps(a, b); }
inline Lanes larger(Lanes a, Lanes b) { return _mm256_max_ps(a, b); }
inline Lanes divide(Lanes a, Lanes b) { return _mm256_div_ps(a, b); }
// values[whole number in each lane]
inline Lanes look_up(const float* values, Lanes at) {
  return _mm256_i32gather_ps(values, _mm256_cvtps_epi32(at), 4);
}
// eight[at mod 8]
inline IntegerLanes pick(const int32_t* eight, IntegerLanes at) {
  return _mm256_permutevar8x32_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(eight)),
                                     at);
}
// Between -limit and limit.
inline Lanes within(Lanes v, float limit) {
  return smaller(repeat(limit), larger(repeat(-limit), v));
}
// Whole numbers from 0 to 255.
inline __m128i bytes_of(Lanes v) {
  const __m256i whole = _mm256_cvtps_epi32(v);
  const __m128i words =
      _mm_packus_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1));
  return _mm_packus_epi16(words, words);
}
inline void store_bytes(uint8_t* p, Lanes v) {
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p), bytes_of(v));
}
inline Lanes where_negative(Lanes x, Lanes then, Lanes otherwise) {
  return _mm256_blendv_ps(otherwise, then, x);
}

// The first few lanes: the others are zero, or stay.
class Part {
 public:
  explicit Part(int64_t count)
      : count_(static_cast<size_t>(count)),
        mask_(_mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)),
                                 _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))) {}
  Lanes load(const float* p) const { return _mm256_maskload_ps(p, mask_); }
  void store(float* p, Lanes v) const { _mm256_maskstore_ps(p, mask_, v); }
  void store_bytes(uint8_t* p, Lanes v) const {
    const int64_t bytes = _mm_cvtsi128_si64(bytes_of(v));
    std::memcpy(p, &bytes, count_);
  }

 private:
  size_t count_;
  __m256i mask_;
};

}  // namespace
}  // namespace edgeopt
