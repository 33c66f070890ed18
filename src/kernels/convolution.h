// Convolution and transposed convolution of float tensors: planned once for fixed shapes, weights
// packed, then run many times.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "edgeopt/tensor.h"
#include "kernels/epilogue.h"
#include "kernels/window.h"

namespace edgeopt {

struct ConvolutionPlan {
  ConvolutionShape shape;
  Layout x_layout = Layout::kPlain;
  Layout y_layout = Layout::kPlain;
  const float* weights = nullptr;  // plain, as ConvolutionShape says; nullptr: given at each run
  bool has_bias = false;
  const float* bias = nullptr;  // output_channels floats; nullptr with has_bias: given at each run
  std::vector<EpilogueStep> epilogue;
};

struct ConvolutionInputs {
  const float* x = nullptr;
  const float* weights = nullptr;          // where the plan has none
  const float* bias = nullptr;             // where the plan has none but says has_bias
  std::span<const float* const> operands;  // of the epilogue, in y's layout
};

// run() may be called by several threads at a time, each with its own memory. `y` overlaps no input
// and no operand but one that may be overwritten, which it may be; `scratch` has scratch_bytes()
// and is aligned to 64 bytes.
class Convolution {
 public:
  virtual ~Convolution() = default;
  virtual size_t scratch_bytes() const = 0;
  // Faster when `y` is this operand of the epilogue.
  virtual bool may_overwrite(size_t /*operand*/) const { return false; }
  virtual void run(const ConvolutionInputs& inputs, float* y, void* scratch) const = 0;
};

std::unique_ptr<Convolution> make_convolution(const ConvolutionPlan& plan);

}  // namespace edgeopt
