// Arithmetic of two float tensors that broadcast, and per-channel scale and shift.
#pragma once

#include <cstdint>
#include <vector>

#include "edgeopt/tensor.h"

namespace edgeopt {

enum class Arithmetic { kAdd, kSubtract, kMultiply, kDivide };

// The loops over a pair of operands, neighbours joined where both operands allow it.
struct BroadcastLoops {
  struct Loop {
    int64_t count = 1;
    int64_t a = 0;  // elements from one to the next; 0: broadcast
    int64_t b = 0;
  };
  std::vector<Loop> loops;  // outermost first, at least one; the innermost has strides 0 or 1
};

// Shapes in the order of memory; shorter ones count from the right, as ONNX broadcasts. The result
// has the broadcast shape.
BroadcastLoops plan_broadcast(const Shape& a, const Shape& b);

// `y` may be an operand that has the result's shape.
void broadcast_arithmetic(Arithmetic kind, const float* a, const float* b, float* y,
                          const BroadcastLoops& loops);

// y = x * scale[c] + shift[c] over [outer, channels, inner]. `y` may be `x`.
void scale_shift(const float* x, float* y, int64_t outer, int64_t channels, int64_t inner,
                 const float* scale, const float* shift);

}  // namespace edgeopt
