// Convolutions for any processor: rows of inputs gathered under the window times weights, and a
// direct loop over channels for depthwise ones.
#include <algorithm>

#include "kernels/backend.h"
#include "kernels/layout.h"
#include "kernels/portable/product.h"
#include "kernels/scratch.h"
#include "kernels/simd.h"

namespace edgeopt {
namespace {

constexpr int64_t kBlockFloats = 64 * 1024;  // of gathered rows

// What both kinds share: weights as [group][tap][input][output], bias, epilogue.
class PortableConvolution : public Convolution {
 public:
  explicit PortableConvolution(const ConvolutionPlan& plan)
      : s_(plan.shape), has_bias_(plan.has_bias), epilogue_(plan.epilogue) {
    const int64_t row = depth() + s_.output_channels;
    block_ = std::clamp<int64_t>(kBlockFloats / row, 1, product(s_.window.output));
    if (plan.weights != nullptr) {
      weights_.resize(static_cast<size_t>(s_.weight_size()));
      pack(plan.weights, weights_.data());
    }
    if (plan.bias != nullptr) bias_.assign(plan.bias, plan.bias + s_.output_channels);
  }

  size_t scratch_bytes() const override {
    return scratch_size(static_cast<size_t>(block_ * depth())) +
           (weights_.empty() ? scratch_size(static_cast<size_t>(s_.weight_size())) : 0);
  }

  void run(const ConvolutionInputs& inputs, float* y, void* memory) const override {
    Scratch scratch(memory);
    float* gathered = scratch.floats(static_cast<size_t>(block_ * depth()));
    const float* weights = weights_.data();
    if (weights_.empty()) {
      float* packed = scratch.floats(static_cast<size_t>(s_.weight_size()));
      pack(inputs.weights, packed);
      weights = packed;
    }
    const float* bias = !has_bias_ ? nullptr : bias_.empty() ? inputs.bias : bias_.data();
    const int64_t pixels = product(s_.window.output);
    for (int64_t n = 0; n < s_.batch; ++n) {
      const float* x = inputs.x + n * product(s_.window.input) * s_.input_channels;
      for (int64_t p = 0; p < pixels; p += block_) {
        const int64_t count = std::min(block_, pixels - p);
        const int64_t at = (n * pixels + p) * s_.output_channels;
        run_block(x, p, count, weights, bias, gathered, y + at);
        epilogue_.apply_to(y, at, count * s_.output_channels, inputs.operands);
      }
    }
  }

 protected:
  int64_t depth() const { return s_.taps() * s_.input_channels; }
  Spatial position(int64_t pixel) const {
    const Spatial& space = s_.window.output;
    return {pixel / (space[1] * space[2]), pixel / space[2] % space[1], pixel % space[2]};
  }

  // Pixels first .. first + count - 1 of one sample.
  virtual void run_block(const float* x, int64_t first, int64_t count, const float* weights,
                         const float* bias, float* gathered, float* y) const = 0;

  ConvolutionShape s_;

 private:
  void pack(const float* weights, float* packed) const {
    const int64_t inputs = s_.group_inputs();
    const int64_t outputs = s_.group_outputs();
    for (int64_t g = 0; g < s_.groups; ++g) {
      transpose(weights, outputs, inputs * s_.taps(), inputs * s_.taps(), packed, outputs);
      weights += outputs * inputs * s_.taps();
      packed += outputs * inputs * s_.taps();
    }
  }

  bool has_bias_;
  Epilogue epilogue_;
  int64_t block_ = 1;           // pixels
  std::vector<float> weights_;  // empty: given at each run
  std::vector<float> bias_;
};

// Depth: input channel outside, tap inside, as ONNX stores weights.
class GatheredConvolution : public PortableConvolution {
 public:
  using PortableConvolution::PortableConvolution;

 protected:
  void run_block(const float* x, int64_t first, int64_t count, const float* weights,
                 const float* bias, float* gathered, float* y) const override {
    std::fill(gathered, gathered + count * depth(), 0.0F);
    for (int64_t i = 0; i < count; ++i) {
      float* row = gathered + i * depth();
      for_each_tap(s_.window, position(first + i), [&](int64_t tap, int64_t place) {
        const float* from = x + place * s_.input_channels;
        for (int64_t c = 0; c < s_.input_channels; ++c) row[c * s_.taps() + tap] = from[c];
      });
    }
    const int64_t group_depth = s_.group_inputs() * s_.taps();
    for (int64_t g = 0; g < s_.groups; ++g) {
      portable_product(gathered + g * group_depth, count, group_depth, depth(),
                       weights + g * group_depth * s_.group_outputs(), s_.group_outputs(),
                       bias == nullptr ? nullptr : bias + g * s_.group_outputs(),
                       y + g * s_.group_outputs(), s_.output_channels);
    }
  }
};

EDGEOPT_SIMD void multiply_add(const float* x, const float* w, int64_t count, float* y) {
  for (int64_t i = 0; i < count; ++i) y[i] += x[i] * w[i];
}

class DepthwisePortableConvolution : public PortableConvolution {
 public:
  explicit DepthwisePortableConvolution(const ConvolutionPlan& plan) : PortableConvolution(plan) {}

 protected:
  void run_block(const float* x, int64_t first, int64_t count, const float* weights,
                 const float* bias, float* gathered, float* y) const override {
    const int64_t channels = s_.output_channels;
    transpose(weights, channels, s_.taps(), s_.taps(), gathered, channels);
    for (int64_t i = 0; i < count; ++i) {
      float* to = y + i * channels;
      if (bias == nullptr) {
        std::fill(to, to + channels, 0.0F);
      } else {
        std::copy(bias, bias + channels, to);
      }
      for_each_tap(s_.window, position(first + i), [&](int64_t tap, int64_t place) {
        multiply_add(x + place * channels, gathered + tap * channels, channels, to);
      });
    }
  }
};

}  // namespace

std::unique_ptr<Convolution> make_backend_convolution(const ConvolutionPlan& plan) {
  const ConvolutionShape& s = plan.shape;
  if (s.group_inputs() == 1 && s.group_outputs() == 1) {
    return std::make_unique<DepthwisePortableConvolution>(plan);
  }
  return std::make_unique<GatheredConvolution>(plan);
}

}  // namespace edgeopt
