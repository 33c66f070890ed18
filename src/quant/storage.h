// Quantized tensors as files store them.
#pragma once

#include "edgeopt/tensor.h"
#include "quant/table.h"

namespace edgeopt {

// The ONNX type that holds the codes of a grid: 4, 8, 16 bits, signed or not; int32 for 32. Widths
// in between take the next larger type. Signedness is the spec's.
DataType storage_type(const QuantSpec& spec);

// The codes of a float tensor: clamp(round_half_even(x / scale) + zero_point, lowest, highest), per
// tensor or per channel along spec.axis, in storage_type. The encoding must be ready. 4-bit codes
// are packed, first element low.
Tensor quantize_tensor(const Tensor& values, const TensorEncoding& encoding);

// Scales (float) and zero points (storage type) as tensors: scalars, or one element for each
// channel.
Tensor scale_tensor(const TensorEncoding& encoding);
Tensor zero_point_tensor(const TensorEncoding& encoding);

}  // namespace edgeopt
