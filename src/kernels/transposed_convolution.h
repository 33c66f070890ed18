// Transposed convolution: a matrix product, whose columns are then added where they belong.
#pragma once

#include "kernels/convolution.h"

namespace edgeopt {

// Channels-last layout on both sides.
std::unique_ptr<Convolution> make_transposed_convolution(const ConvolutionPlan& plan);

}  // namespace edgeopt
