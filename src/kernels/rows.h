// Rows of numbers that are normalized each by itself. `y` may be `x`. The same bits on all machines
// on which exp() gives the same.
#pragma once

#include <cstdint>

namespace edgeopt {

struct Rows {
  int64_t count = 0;
  int64_t length = 1;  // at least 1
};

// e^x over the sum of these.
void softmax_rows(const Rows& rows, const float* x, float* y);

// (x - mean) / sqrt(variance + epsilon) * scale + bias. Without `centred`: x / sqrt(mean square +
// epsilon) * scale + bias. `scale` and `bias` have a row's length.
void normalize_rows(const Rows& rows, float epsilon, bool centred, const float* scale,
                    const float* bias, const float* x, float* y);

}  // namespace edgeopt
