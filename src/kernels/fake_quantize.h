// Quantization loops over raw floats. Round half to even; the division is a real division, so that
// codes are those of ONNX QuantizeLinear in ONNX Runtime.
#pragma once

#include <cstdint>

namespace edgeopt {

// One affine grid: code q stands for scale * (q - zero_point), low <= q <= high, at most 16 bits.
struct Grid {
  float scale = 1;
  int32_t zero_point = 0;
  int32_t low = 0;
  int32_t high = 255;
  bool operator==(const Grid&) const = default;
};

// y = scale * (clamp(round(x / scale) + zero_point, low, high) - zero_point). `y` may be `x`.
// NaN becomes the value of the lowest code, infinities those of the ends.
void fake_quantize(const float* x, float* y, int64_t count, const Grid& grid);

// The codes themselves.
void quantize(const float* x, int32_t* codes, int64_t count, const Grid& grid);

// Rows of `row` floats; row r has grid r.
void fake_quantize_rows(const float* x, float* y, int64_t rows, int64_t row, const Grid* grids);

}  // namespace edgeopt
