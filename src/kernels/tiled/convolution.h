// Convolutions made of register tiles (tiled/product.h). Only where tiled_kernels_available().
#pragma once

#include "kernels/convolution.h"

namespace edgeopt {

// Any convolution that is not transposed.
std::unique_ptr<Convolution> make_tiled_convolution(const ConvolutionPlan& plan);

// True for convolutions of one input and one output channel for each group.
bool is_depthwise(const ConvolutionShape& shape);
// For those, in channels-last layout on both sides.
std::unique_ptr<Convolution> make_depthwise_convolution(const ConvolutionPlan& plan);

}  // namespace edgeopt
