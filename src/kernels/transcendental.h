// Exponential functions over arrays, with vector arithmetic. `y` may be `x`. Errors are below
// 4 units in the last place of the result; the same bits on every machine
// with fused multiply-adds.
#pragma once

#include <cstdint>

namespace edgeopt {

void exp(const float* x, float* y, int64_t count);
void sigmoid(const float* x, float* y, int64_t count);
void silu(const float* x, float* y, int64_t count);  // x * sigmoid(x)
void tanh(const float* x, float* y, int64_t count);
void erf(const float* x, float* y, int64_t count);
// x / 2 * (1 + erf(x / sqrt(2))); the error grows to 1e-5 of the result towards -5 and it is 0
// below -5.7, where the result is smaller than 1e-7.
void gelu(const float* x, float* y, int64_t count);

}  // namespace edgeopt
