// From a range to an encoding, and from an encoding to codes and back. Formulas: docs/numerics.md.
#pragma once

#include <cstdint>
#include <vector>

#include "edgeopt/tensor.h"
#include "kernels/fake_quantize.h"
#include "quant/table.h"

namespace edgeopt {

// An observed or chosen range. Empty ranges (min > max) count as {0, 0}.
struct Range {
  float min = 0;
  float max = 0;
  bool operator==(const Range&) const = default;
};

// No scale is smaller: 2^-23, as AIMET has it. Codes of a dead channel or an all-zero tensor are
// then 0, and products of scales stay normal floats.
inline constexpr float kMinimumScale = 1.1920928955078125e-07F;

// The grid of a range, 2 to 16 bits. Zero is exactly representable.
// * Asymmetric: the range is widened to hold 0; scale = (max - min) / (2^b - 1); the zero point is
//   round(-min / scale) above the lowest code.
// * Symmetric, narrow: scale = max(|min|, |max|) / (2^(b-1) - 1).
// * Symmetric, not narrow: scale = max(max / (2^(b-1) - 1), -min / 2^(b-1)): the lowest code, which
//   has no positive counterpart, is used. This is AIMET's rule.
// * Symmetric on an unsigned grid: the same with the zero point at 2^(b-1).
// Ends beyond 2^126 count as 2^126, NaN as 0.
Grid encode_range(Range range, const QuantSpec& spec);

// The range that the grid represents.
Range represented(const Grid& grid);

// Fills scale and zero_point from one range for the tensor or one for each channel, and the
// observed range where it is empty.
void encode_ranges(TensorEncoding& encoding, const std::vector<Range>& ranges);

// The grid of channel `channel` (0 where there is only one). The encoding must be ready.
Grid grid_of(const TensorEncoding& encoding, size_t channel = 0);

// Ranges of a float tensor in plain layout: one, or one for each index along `axis`. Non-finite
// elements are left out.
std::vector<Range> ranges_of(const Tensor& tensor, int axis);

// Calls run(channel, offset, count) for each run of elements that lie side by side in plain layout
// and share a channel along `axis` (-1: one channel).
template <typename F>
void for_each_run(const Shape& shape, int axis, F run) {
  int64_t outer = 1;
  int64_t inner = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (static_cast<int>(i) < axis) outer *= shape[i];
    if (static_cast<int>(i) > axis) inner *= shape[i];
  }
  const int64_t channels = axis < 0 ? 1 : shape[static_cast<size_t>(axis)];
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t c = 0; c < channels; ++c) run(c, (o * channels + c) * inner, inner);
  }
}

// Codes of a float tensor in plain layout; int32 biases (encoding.spec.bits == 32) saturate.
std::vector<int32_t> quantize(const Tensor& tensor, const TensorEncoding& encoding);
// The values of these codes.
Tensor dequantize(const std::vector<int32_t>& codes, const Shape& shape,
                  const TensorEncoding& encoding);
// dequantize(quantize(tensor)); the tensor itself while the encoding is not ready.
// Throws Error(kInternal) when the channels do not fit the tensor.
Tensor fake_quantize(const Tensor& tensor, const TensorEncoding& encoding);
// The same into memory for as many floats; the encoding is ready and of at most 16 bits.
void fake_quantize(const Tensor& tensor, const TensorEncoding& encoding, float* to);

// The int32 encoding of a bias of `count` channels: scale[c] = input_scale * weight_scale[c], zero
// point 0. Fewer weight scales than channels repeat (one for the tensor; groups of a
// ConvTranspose). Codes saturate where |bias| / scale needs more than 31 bits; calibration raises
// the weight's scale first, so that it does not happen (raise_weight_scales).
void encode_bias(TensorEncoding& encoding, float input_scale,
                 const std::vector<float>& weight_scale, int64_t count);

// Raises the scale of weight channels so that bias codes stay below 2^30, which leaves the other
// half of the accumulator to the products. Only channels with almost no weight (scale near the
// minimum) and a large bias are touched. Channels as in encode_bias. Returns the number of raises.
int64_t raise_weight_scales(TensorEncoding& weight, float input_scale, const Tensor& bias);

}  // namespace edgeopt
