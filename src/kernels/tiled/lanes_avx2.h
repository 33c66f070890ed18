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

  ByteTable(const uint8_t* /*bytes*/, const uint8_t* changes) : changes_(changes) {}

  // Each lane becomes kShift + the byte that its lowest byte counts.
  void look_up(Lanes (&v)[kVectors]) const {
    __m256i low = joined(v);
    __m256i high = _mm256_xor_si256(low, _mm256_set1_epi8(-128));
    // A shuffle gives zero where the index is negative: of each half, the changes up to the row.
    __m256i found = _mm256_shuffle_epi8(row(0), low);
    __m256i upper = _mm256_shuffle_epi8(row(8), high);
#pragma GCC unroll 8
    for (int r = 1; r < 8; ++r) {
      low = _mm256_subs_epi8(low, _mm256_set1_epi8(16));
      high = _mm256_subs_epi8(high, _mm256_set1_epi8(16));
      found = _mm256_xor_si256(found, _mm256_shuffle_epi8(row(r), low));
      upper = _mm256_xor_si256(upper, _mm256_shuffle_epi8(row(8 + r), high));
    }
    found = _mm256_or_si256(found, upper);
    v[0] = shifted(found);
    v[1] = shifted(_mm256_srli_epi32(found, 8));
    v[2] = shifted(_mm256_srli_epi32(found, 16));
    v[3] = shifted(_mm256_srli_epi32(found, 24));
  }

 private:
  __m256i row(int r) const {
    return _mm256_broadcastsi128_si256(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(changes_ + ptrdiff_t{16} * r)));
  }
  // The lowest bytes of four lanes in one.
  static __m256i joined(const Lanes (&v)[kVectors]) {
    const __m256i third = _mm256_slli_epi32(_mm256_castps_si256(v[2]), 16);
    const __m256i fourth = _mm256_slli_epi32(_mm256_castps_si256(v[3]), 16);
    const __m256i even = _mm256_blend_epi16(_mm256_castps_si256(v[0]), third, 0xaa);
    const __m256i odd = _mm256_blend_epi16(_mm256_castps_si256(v[1]), fourth, 0xaa);
    return _mm256_or_si256(_mm256_and_si256(even, _mm256_set1_epi16(255)),
                           _mm256_slli_epi16(odd, 8));
  }
  static Lanes shifted(__m256i bytes) {
    const __m256i exponent = _mm256_castps_si256(repeat(kShift));
    return _mm256_castsi256_ps(
        _mm256_or_si256(_mm256_and_si256(bytes, _mm256_set1_epi32(255)), exponent));
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
