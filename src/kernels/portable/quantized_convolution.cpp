// There is no portable kernel: floats serve.
#include "kernels/quantized_convolution.h"

namespace edgeopt {

bool multiplies_codes(const ConvolutionShape& /*shape*/) { return false; }

std::unique_ptr<QuantizedConvolution> make_quantized_convolution(
    const QuantizedConvolutionPlan& /*plan*/) {
  return nullptr;
}

}  // namespace edgeopt
