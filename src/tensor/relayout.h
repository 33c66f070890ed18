// Copies elements from one memory layout to another.
#pragma once

#include "edgeopt/tensor.h"

namespace edgeopt {

// `from` and `to` hold a tensor of the logical shape, do not overlap, and have elements of whole
// bytes (or equal layouts). Rank 3 to 5 where the layouts differ.
void relayout(DataType type, const Shape& shape, const void* from, Layout from_layout, void* to,
              Layout to_layout);

// Both layouts put every element at the same place: one channel, or one position.
bool layouts_coincide(const Shape& shape);

}  // namespace edgeopt
