#include "kernels/onednn/convolution_form.h"

#include <algorithm>

namespace edgeopt::onednn {
namespace {

constexpr int64_t kCacheFloats = 64 * 1024;

}  // namespace

ConvolutionForm form_of(const ConvolutionShape& s, int64_t batch) {
  const Window& w = s.window;
  const bool flat =
      w.input[0] == 1 && w.kernel[0] == 1 && w.output[0] == 1 && w.before[0] + w.after[0] == 0;
  const auto with_spatial = [&](Dims dims, const Spatial& spatial) {
    dims.insert(dims.end(), spatial.begin() + (flat ? 1 : 0), spatial.end());
    return dims;
  };
  Spatial dilation;
  Spatial after;  // what the windows cover, which may be less or more than the stated padding
  for (size_t d = 0; d < 3; ++d) {
    dilation[d] = w.dilation[d] - 1;
    after[d] = (w.output[d] - 1) * w.stride[d] + (w.kernel[d] - 1) * w.dilation[d] + 1 -
               w.input[d] - w.before[d];
  }
  ConvolutionForm form;
  form.tensor_tag = flat ? Tag::nhwc : Tag::ndhwc;
  form.weights_tag =
      flat ? (s.groups > 1 ? Tag::goihw : Tag::oihw) : (s.groups > 1 ? Tag::goidhw : Tag::oidhw);
  form.x = with_spatial({batch, s.input_channels}, w.input);
  form.y = with_spatial({batch, s.output_channels}, w.output);
  Dims weights = {s.group_outputs(), s.group_inputs()};
  if (s.groups > 1) weights.insert(weights.begin(), s.groups);
  form.weights = with_spatial(weights, w.kernel);
  form.stride = with_spatial({}, w.stride);
  form.dilation = with_spatial({}, dilation);
  form.before = with_spatial({}, w.before);
  form.after = with_spatial({}, after);
  return form;
}

int64_t samples_at_once(const ConvolutionShape& s) {
  const int64_t sample = std::max<int64_t>(1, s.output_channels * product(s.window.output));
  int64_t at_once = std::clamp<int64_t>(kCacheFloats / sample, 1, s.batch);
  while (s.batch % at_once != 0) --at_once;
  return at_once;
}

dnnl::convolution_forward::primitive_desc describe(
    const ConvolutionForm& form, const dnnl::memory::desc& x, const dnnl::memory::desc& weights,
    const dnnl::memory::desc& bias, const dnnl::memory::desc& y, const dnnl::primitive_attr& attr) {
  const dnnl::convolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, x, weights, bias, y,
      form.stride, form.dilation, form.before, form.after);
  return {desc, attr, cpu()};
}

}  // namespace edgeopt::onednn
