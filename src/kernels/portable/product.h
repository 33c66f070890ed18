// The matrix product that the portable kernels are made of.
#pragma once

#include <cstdint>

namespace edgeopt {

// y = a b + bias: b is contiguous, rows of a and y are `a_stride` and `y_stride` floats apart;
// `bias` has a float for each column or is nullptr.
void portable_product(const float* a, int64_t rows, int64_t depth, int64_t a_stride, const float* b,
                      int64_t columns, const float* bias, float* y, int64_t y_stride);

}  // namespace edgeopt
