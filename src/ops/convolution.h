// What the convolution operators share.
#pragma once

#include "ops/op.h"
#include "ops/window.h"

namespace edgeopt {

// The convolution of a node with strides, pads, dilations, auto_pad and group for an input
// (N, C, spatial...) and weights (M, C / group, kernel...). Complains where they do not fit.
ConvolutionShape convolution_shape(const Node& node, const Shape& x, const Shape& w,
                                   const Complain& bad);

// Input `i`, where it is given, must be one number for each channel and of the type of input 0.
void require_bias(const InferContext& c, size_t i, int64_t channels);

}  // namespace edgeopt
