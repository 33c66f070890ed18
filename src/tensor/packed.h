// Elements of 2 and 4 bits, first element in the low bits of a byte.
#pragma once

#include "edgeopt/tensor.h"

namespace edgeopt {

bool is_packed_integer(DataType type);  // int4, uint4, int2, uint2

// A packed integer tensor as int8 or uint8.
Tensor unpack(const Tensor& packed);

// An int8 or uint8 tensor as the packed type. Only the low bits of each element count.
Tensor pack(const Tensor& bytes, DataType type);

}  // namespace edgeopt
