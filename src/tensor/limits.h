// How large a tensor may be.
#pragma once

#include <cstddef>
#include <cstdint>

#include "edgeopt/tensor.h"

namespace edgeopt {

// A tensor that is made (not mapped from a file) may have so many bytes. What promises more is a
// defect of the model, or nothing for a small device: it is refused before any memory is taken.
inline constexpr size_t kMaxTensorBytes = size_t{1} << 32;

// No dimension is negative, and nothing that counts elements, bits or bytes overflows, a dimension
// of zero taken for one.
bool is_countable(const Shape& shape);

// Throws when no such tensor can be made: Error(kBadInput) as element_count, Error(kUnsupported)
// above kMaxTensorBytes.
void require_makeable(DataType type, const Shape& shape);

// Sizes that a model names may be any number. No tensor is longer than this, in either direction,
// and a few of these can be added without overflow.
inline constexpr int64_t kLongestAxis = int64_t{1} << 56;
int64_t to_axis_length(int64_t value);  // clamped to -kLongestAxis .. kLongestAxis
int64_t to_axis_length(double value);   // truncated too; 0 for what is no number
// a * b clamped likewise.
int64_t axis_product(int64_t a, int64_t b);

}  // namespace edgeopt
