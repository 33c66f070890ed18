// Sixteen floats at a time by AVX-512, for kernels.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace edgeopt {
namespace {

using Lanes = __m512;
using IntegerLanes = __m512i;
inline constexpr int kLanes = 16;
// Rows of a tile of two vectors and of one: as many sums as registers hold.
inline constexpr int kTallTile = 14;
inline constexpr int kNarrowTile = 28;

inline Lanes load(const float* p) { return _mm512_loadu_ps(p); }
inline void store(float* p, Lanes v) { _mm512_storeu_ps(p, v); }
inline Lanes repeat(const float* p) { return _mm512_set1_ps(*p); }
inline Lanes repeat(float v) { return _mm512_set1_ps(v); }
inline Lanes add(Lanes a, Lanes b) { return _mm512_add_ps(a, b); }
inline Lanes subtract(Lanes a, Lanes b) { return _mm512_sub_ps(a, b); }
inline Lanes multiply(Lanes a, Lanes b) { return _mm512_mul_ps(a, b); }
inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_ps(a, b, c); }
inline Lanes subtract_product(Lanes c, Lanes a, Lanes b) { return _mm512_fnmadd_ps(a, b, c); }
// b where a is NaN.
inline Lanes smaller(Lanes a, Lanes b) { return _mm512_min_ps(a, b); }
inline Lanes larger(Lanes a, Lanes b) { return _mm512_max_ps(a, b); }
inline Lanes divide(Lanes a, Lanes b) { return _mm512_div_ps(a, b); }
// values[whole number in each lane]
inline Lanes look_up(const float* values, Lanes at) {
  return _mm512_i32gather_ps(_mm512_cvtps_epi32(at), values, 4);
}
// eight[at mod 8]
inline IntegerLanes pick(const int32_t* eight, IntegerLanes at) {
  const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(eight));
  return _mm512_permutexvar_epi32(at, _mm512_broadcast_i64x4(half));
}
// Between -limit and limit: the smaller magnitude with the sign of `v`. A NaN becomes `limit`.
inline Lanes within(Lanes v, float limit) { return _mm512_range_ps(v, repeat(limit), 0b0010); }
// Whole numbers from 0 to 255.
inline void store_bytes(uint8_t* p, Lanes v) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtusepi32_epi8(_mm512_cvtps_epi32(v)));
}
inline Lanes where_negative(Lanes x, Lanes then, Lanes otherwise) {
  const __mmask16 negative =
      _mm512_cmplt_epi32_mask(_mm512_castps_si512(x), _mm512_setzero_si512());
  return _mm512_mask_blend_ps(negative, otherwise, then);
}

// 256 bytes to pick from.
class ByteTable {
 public:
  static constexpr int kVectors = 2;           // that are looked up together
  static constexpr float kShift = 8388608.0F;  // 2^23
  using Bytes = __m512i;                       // of these vectors; here one in each word

  ByteTable(const uint8_t* bytes, const uint8_t* /*changes*/)
      : rows_{_mm512_loadu_si512(bytes), _mm512_loadu_si512(bytes + 64),
              _mm512_loadu_si512(bytes + 128), _mm512_loadu_si512(bytes + 192)} {}

  // Of each lane.
  static Bytes lowest_bytes(const Lanes (&v)[kVectors]) {
    const __m512i words = _mm512_set1_epi32(0xffff);
    const __m512i low = _mm512_castps_si512(v[0]);
    const __m512i high = _mm512_slli_epi32(_mm512_castps_si512(v[1]), 16);
    return _mm512_ternarylogic_epi32(words, low, high, 0xca);  // words ? low : high
  }

  // Each becomes the byte that it counts: pairs of bytes by seven bits, from two halves, then one.
  void look_up(Bytes* bytes, int64_t count) const {
    for (int64_t i = 0; i < count; ++i) {
      const __m512i pair = _mm512_srli_epi16(bytes[i], 1);
      const __m512i first = _mm512_permutex2var_epi16(rows_[0], pair, rows_[1]);
      const __m512i second = _mm512_permutex2var_epi16(rows_[2], pair, rows_[3]);
      const __mmask32 upper = _mm512_test_epi16_mask(bytes[i], _mm512_set1_epi16(128));
      const __mmask32 odd = _mm512_test_epi16_mask(bytes[i], _mm512_set1_epi16(1));
      const __m512i found = _mm512_mask_blend_epi16(upper, first, second);
      bytes[i] = _mm512_mask_srli_epi16(found, odd, found, 8);
    }
  }

  // Each lane becomes kShift + its byte.
  static void spread(Bytes bytes, Lanes (&v)[kVectors]) {
    v[0] = shifted(bytes);
    v[1] = shifted(_mm512_srli_epi32(bytes, 16));
  }

 private:
  static Lanes shifted(__m512i bytes) {
    const __m512i exponent = _mm512_castps_si512(repeat(kShift));
    return _mm512_castsi512_ps(
        _mm512_ternarylogic_epi32(bytes, _mm512_set1_epi32(255), exponent, 0xea));  // a & b | c
  }

  __m512i rows_[4];
};

// The first few lanes: the others are zero, or stay.
class Part {
 public:
  explicit Part(int64_t count) : mask_(static_cast<__mmask16>((1U << count) - 1)) {}
  Lanes load(const float* p) const { return _mm512_maskz_loadu_ps(mask_, p); }
  void store(float* p, Lanes v) const { _mm512_mask_storeu_ps(p, mask_, v); }
  void store_bytes(uint8_t* p, Lanes v) const {
    _mm512_mask_cvtusepi32_storeu_epi8(p, mask_, _mm512_cvtps_epi32(v));
  }

 private:
  __mmask16 mask_;
};

}  // namespace
}  // namespace edgeopt
