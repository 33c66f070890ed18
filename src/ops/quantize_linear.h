// What others know of QuantizeLinear.
#pragma once

#include <optional>

#include "edgeopt/tensor.h"
#include "kernels/fake_quantize.h"

namespace edgeopt {

// The grid of codes of type uint8 with one scale for the tensor; nothing for any other scale and
// zero point. `zero_point` may be null.
std::optional<Grid> byte_grid(const Tensor* scale, const Tensor* zero_point);

}  // namespace edgeopt
