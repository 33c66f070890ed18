#include "kernels/layout.h"

#include <algorithm>

#include "kernels/simd.h"

namespace edgeopt {
namespace {

constexpr int64_t kTile = 8;

// Whole tiles: through a small array, so that both sides are touched in order.
EDGEOPT_SIMD void transpose_tile(const float* from, int64_t from_stride, float* to,
                                 int64_t to_stride) {
  float tile[kTile][kTile];
  for (int64_t r = 0; r < kTile; ++r) {
    for (int64_t c = 0; c < kTile; ++c) tile[c][r] = from[r * from_stride + c];
  }
  for (int64_t c = 0; c < kTile; ++c) {
    std::copy(tile[c], tile[c] + kTile, to + c * to_stride);
  }
}

void transpose_part(const float* from, int64_t rows, int64_t columns, int64_t from_stride,
                    float* to, int64_t to_stride) {
  for (int64_t c = 0; c < columns; ++c) {
    for (int64_t r = 0; r < rows; ++r) to[c * to_stride + r] = from[r * from_stride + c];
  }
}

}  // namespace

void transpose(const float* from, int64_t rows, int64_t columns, int64_t from_stride, float* to,
               int64_t to_stride) {
  for (int64_t c = 0; c < columns; c += kTile) {
    const int64_t width = std::min(kTile, columns - c);
    for (int64_t r = 0; r < rows; r += kTile) {
      const int64_t height = std::min(kTile, rows - r);
      const float* source = from + r * from_stride + c;
      float* target = to + c * to_stride + r;
      if (width == kTile && height == kTile) {
        transpose_tile(source, from_stride, target, to_stride);
      } else {
        transpose_part(source, height, width, from_stride, target, to_stride);
      }
    }
  }
}

void pad_sample(const float* x, bool channels_last, int64_t channels, const Spatial& input,
                const Spatial& before, const Spatial& padded, float* y) {
  const int64_t row = padded[2] * channels;
  const int64_t left = std::min(before[2], padded[2]);
  const int64_t width = std::clamp<int64_t>(padded[2] - left, 0, input[2]);
  for (int64_t d = 0; d < padded[0]; ++d) {
    for (int64_t h = 0; h < padded[1]; ++h) {
      float* to = y + (d * padded[1] + h) * row;
      const int64_t from_d = d - before[0];
      const int64_t from_h = h - before[1];
      if (from_d < 0 || from_d >= input[0] || from_h < 0 || from_h >= input[1]) {
        std::fill(to, to + row, 0.0F);
        continue;
      }
      std::fill(to, to + left * channels, 0.0F);
      const int64_t place = (from_d * input[1] + from_h) * input[2];
      if (channels_last) {
        const float* from = x + place * channels;
        std::copy(from, from + width * channels, to + left * channels);
      } else {
        transpose(x + place, channels, width, product(input), to + left * channels, channels);
      }
      std::fill(to + (left + width) * channels, to + row, 0.0F);
    }
  }
}

}  // namespace edgeopt
