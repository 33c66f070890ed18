// A plain tensor seen as [outer, length, inner] around one axis.
#pragma once

#include <cstdint>

#include "edgeopt/tensor.h"

namespace edgeopt {

struct AxisView {
  int64_t outer = 1;
  int64_t length = 1;
  int64_t inner = 1;

  // `axis` is in [0, rank).
  AxisView(const Shape& shape, int64_t axis) : length(shape[static_cast<size_t>(axis)]) {
    for (size_t i = 0; i < shape.size(); ++i) {
      if (static_cast<int64_t>(i) < axis) outer *= shape[i];
      if (static_cast<int64_t>(i) > axis) inner *= shape[i];
    }
  }
};

}  // namespace edgeopt
