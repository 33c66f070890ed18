// What the convolution operators share.
#pragma once

#include <memory>

#include "ops/kernel.h"
#include "ops/op.h"
#include "ops/window.h"

namespace edgeopt {

// The convolution of a node with strides, pads, dilations, auto_pad and group for an input
// (N, C, spatial...) and weights (M, C / group, kernel...). Complains where they do not fit.
ConvolutionShape convolution_shape(const Node& node, const Shape& x, const Shape& w,
                                   const Complain& bad);

// Input `i`, where it is given, must be one number for each channel and of the type of input 0.
void require_bias(const InferContext& c, size_t i, int64_t channels);

// Float convolution with the fast kernels: at once on the tensors of `c` (x, weights, optional
// bias), or planned. prepare_convolution returns nullptr for other types and where there is nothing
// to compute.
void compute_convolution(ComputeContext& c, const ConvolutionShape& shape);
std::unique_ptr<Kernel> prepare_convolution(const PrepareContext& c, const ConvolutionShape& shape);

}  // namespace edgeopt
