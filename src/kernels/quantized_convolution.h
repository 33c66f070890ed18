// Convolution of 8-bit codes, in sums of whole numbers: exact in any order, and several times as
// fast as floats where the processor multiplies bytes (VNNI). Channels-last on both sides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "kernels/epilogue.h"
#include "kernels/fake_quantize.h"
#include "kernels/window.h"

namespace edgeopt {

// y = steps(scale[c] * sum((x - x_zero_point) * weight) + bias[c]). Padding counts as x_zero_point.
struct QuantizedConvolutionPlan {
  ConvolutionShape shape;  // not transposed
  int32_t x_zero_point = 0;
  const int8_t* weights = nullptr;  // codes with zero point 0, plain, as ConvolutionShape says
  const float* scale = nullptr;     // > 0, for each output channel: of x times of the weights
  const float* bias = nullptr;      // for each output channel; nullptr: none
  std::vector<EpilogueStep> epilogue;
  std::optional<Grid> grid;  // y is the codes on it, one byte each (low >= 0, high <= 255)
};

// run() may be called by several threads at a time, each with its own memory; nothing overlaps.
// `scratch` has scratch_bytes() and is aligned to 64 bytes.
class QuantizedConvolution {
 public:
  virtual ~QuantizedConvolution() = default;
  virtual size_t scratch_bytes() const = 0;
  // `y`: floats, or bytes where the plan has a grid.
  virtual void run(const uint8_t* x, void* y, std::span<const float* const> operands,
                   void* scratch) const = 0;
};

// This processor has a fast kernel for the shape, and no sum overflows.
bool multiplies_codes(const ConvolutionShape& shape);

// Only where multiplies_codes().
std::unique_ptr<QuantizedConvolution> make_quantized_convolution(
    const QuantizedConvolutionPlan& plan);

}  // namespace edgeopt
