// What others know of QuantizeLinear.
#pragma once

#include <optional>

#include "edgeopt/tensor.h"
#include "kernels/fake_quantize.h"

namespace edgeopt {

// The grid of codes of this type (8 or 16 bits) with one scale for the tensor; nothing for any
// other type, scale or zero point. `zero_point` is null where there is none.
std::optional<Grid> tensor_grid(DataType codes, const Tensor* scale, const Tensor* zero_point);

}  // namespace edgeopt
