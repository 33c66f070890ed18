// Convolution, transposed convolution and pooling by their definitions, in double, with every
// index worked out by itself.
#pragma once

#include <vector>

#include "kernels/window.h"

namespace edgeopt::test {

// Plain layout, shapes as in ConvolutionShape. `bias` may be empty.
std::vector<double> reference_convolution(const ConvolutionShape& s, const std::vector<float>& x,
                                          const std::vector<float>& w,
                                          const std::vector<float>& bias);

enum class Pool { kMax, kAverage, kAverageWithPadding };

// `planes` planes of window.input to as many of window.output.
std::vector<double> reference_pool(Pool pool, int64_t planes, const Window& w,
                                   const std::vector<float>& x);

}  // namespace edgeopt::test
