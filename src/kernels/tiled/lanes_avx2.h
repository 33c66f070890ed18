// Eight floats at a time by AVX2 and FMA, for kernels.h.
#pragma once

#include <immintrin.h>

#include <cstddef>
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

// 256 bytes to pick from.
class ByteTable {
 public:
  static constexpr int kVectors = 4;           // that are looked up together
  static constexpr float kShift = 8388608.0F;  // 2^23
  using Bytes = __m256i;                       // of these vectors, by turns

  ByteTable(const uint8_t* /*bytes*/, const uint8_t* changes) : changes_(changes) {}

  // Of each lane.
  static Bytes lowest_bytes(const Lanes (&v)[kVectors]) {
    const __m256i third = _mm256_slli_epi32(_mm256_castps_si256(v[2]), 16);
    const __m256i fourth = _mm256_slli_epi32(_mm256_castps_si256(v[3]), 16);
    const __m256i even = _mm256_blend_epi16(_mm256_castps_si256(v[0]), third, 0xaa);
    const __m256i odd = _mm256_blend_epi16(_mm256_castps_si256(v[1]), fourth, 0xaa);
    return _mm256_or_si256(_mm256_and_si256(even, _mm256_set1_epi16(255)),
                           _mm256_slli_epi16(odd, 8));
  }

  // Each becomes the byte that it counts.
  void look_up(Bytes* bytes, int64_t count) const {
    int64_t i = 0;
    for (; i + 3 <= count; i += 3) look_up<3>(bytes + i);
    if (i + 2 == count) look_up<2>(bytes + i);
    if (i + 1 == count) look_up<1>(bytes + i);
  }

  // Each lane becomes kShift + its byte.
  static void spread(Bytes bytes, Lanes (&v)[kVectors]) {
    // Bytes of two vectors as words, then these behind the exponent.
    const __m256i pick = _mm256_setr_epi8(0, -1, 4, -1, 8, -1, 12, -1, 1, -1, 5, -1, 9, -1, 13, -1,
                                          0, -1, 4, -1, 8, -1, 12, -1, 1, -1, 5, -1, 9, -1, 13, -1);
    const __m256i exponent = _mm256_set1_epi16(0x4b00);
    const __m256i first = _mm256_shuffle_epi8(bytes, pick);
    const __m256i second = _mm256_shuffle_epi8(_mm256_srli_epi32(bytes, 16), pick);
    v[0] = _mm256_castsi256_ps(_mm256_unpacklo_epi16(first, exponent));
    v[1] = _mm256_castsi256_ps(_mm256_unpackhi_epi16(first, exponent));
    v[2] = _mm256_castsi256_ps(_mm256_unpacklo_epi16(second, exponent));
    v[3] = _mm256_castsi256_ps(_mm256_unpackhi_epi16(second, exponent));
  }

 private:
  // A shuffle picks from a row of 16 and gives zero where the index is negative: in each half of
  // the table, the changes up to the row are what counts.
  template <int kG>
  void look_up(Bytes* bytes) const {
    Bytes low[kG];
    Bytes high[kG];
    Bytes found[kG];
    Bytes upper[kG];
#pragma GCC unroll 3
    for (int g = 0; g < kG; ++g) {
      low[g] = bytes[g];
      high[g] = _mm256_xor_si256(low[g], _mm256_set1_epi8(-128));
      found[g] = _mm256_shuffle_epi8(row(0), low[g]);
      upper[g] = _mm256_shuffle_epi8(row(8), high[g]);
    }
#pragma GCC unroll 1
    for (int r = 1; r < 8; ++r) {
      const __m256i lower_row = row(r);
      const __m256i upper_row = row(8 + r);
#pragma GCC unroll 3
      for (int g = 0; g < kG; ++g) {
        low[g] = _mm256_subs_epi8(low[g], _mm256_set1_epi8(16));
        high[g] = _mm256_subs_epi8(high[g], _mm256_set1_epi8(16));
        found[g] = _mm256_xor_si256(found[g], _mm256_shuffle_epi8(lower_row, low[g]));
        upper[g] = _mm256_xor_si256(upper[g], _mm256_shuffle_epi8(upper_row, high[g]));
      }
    }
#pragma GCC unroll 3
    for (int g = 0; g < kG; ++g) bytes[g] = _mm256_or_si256(found[g], upper[g]);
  }

  __m256i row(int r) const {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(changes_ + ptrdiff_t{32} * r));
  }

  const uint8_t* changes_;
};

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
