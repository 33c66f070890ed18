// A convolution as oneDNN describes it, channels-last, with two spatial dimensions where the first
// of three is one.
#pragma once

#include "kernels/onednn/common.h"
#include "kernels/window.h"

namespace edgeopt::onednn {

struct ConvolutionForm {
  Dims x;
  Dims y;
  Dims weights;
  Dims stride;
  Dims dilation;
  Dims before;
  Dims after;
  Tag tensor_tag = Tag::undef;
  Tag weights_tag = Tag::undef;  // plain, as ConvolutionShape says
};

// For `batch` samples.
ConvolutionForm form_of(const ConvolutionShape& shape, int64_t batch);

// Samples that are computed together, so that a small result is still in the cache when steps are
// applied to it: a divisor of shape.batch.
int64_t samples_at_once(const ConvolutionShape& shape);

dnnl::convolution_forward::primitive_desc describe(
    const ConvolutionForm& form, const dnnl::memory::desc& x, const dnnl::memory::desc& weights,
    const dnnl::memory::desc& bias, const dnnl::memory::desc& y, const dnnl::primitive_attr& attr);

}  // namespace edgeopt::onednn
