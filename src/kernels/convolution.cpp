#include "kernels/convolution.h"

#include "base/format.h"
#include "kernels/backend.h"
#include "kernels/layout.h"
#include "kernels/scratch.h"
#include "kernels/tiled/convolution.h"
#include "kernels/tiled/kernel_set.h"
#include "kernels/transposed_convolution.h"

namespace edgeopt {
namespace {

// A convolution without outputs.
class EmptyConvolution : public Convolution {
 public:
  size_t scratch_bytes() const override { return 0; }
  void run(const ConvolutionInputs&, float*, void*) const override {}
};

// Serves plain layouts by a kernel for channels-last: sample by sample through scratch memory.
class TurnedConvolution : public Convolution {
 public:
  using Make = std::unique_ptr<Convolution> (*)(const ConvolutionPlan&);

  TurnedConvolution(const ConvolutionPlan& plan, Make make)
      : shape_(plan.shape),
        x_turned_(plan.x_layout == Layout::kPlain),
        y_turned_(plan.y_layout == Layout::kPlain) {
    ConvolutionPlan inner = plan;
    inner.shape.batch = 1;
    inner.x_layout = Layout::kChannelsLast;
    inner.y_layout = Layout::kChannelsLast;
    if (y_turned_) {
      inner.epilogue.clear();
      epilogue_ = Epilogue(plan.epilogue);
    }
    inner_ = make(inner);
  }

  size_t scratch_bytes() const override {
    return (x_turned_ ? scratch_size(x_sample()) : 0) + (y_turned_ ? scratch_size(y_sample()) : 0) +
           inner_->scratch_bytes();
  }

  void run(const ConvolutionInputs& inputs, float* y, void* memory) const override {
    Scratch scratch(memory);
    float* x_copy = x_turned_ ? scratch.floats(x_sample()) : nullptr;
    float* y_copy = y_turned_ ? scratch.floats(y_sample()) : nullptr;
    float* inner_memory = scratch.floats(0);
    std::vector<const float*> operands(inputs.operands.begin(), inputs.operands.end());
    ConvolutionInputs sample = inputs;
    if (!y_turned_) sample.operands = operands;
    for (int64_t n = 0; n < shape_.batch; ++n) {
      const float* x = inputs.x + static_cast<size_t>(n) * x_sample();
      float* to = y + static_cast<size_t>(n) * y_sample();
      if (x_turned_) {
        to_channels_last(x, shape_.input_channels, product(shape_.x_space()), x_copy);
      }
      sample.x = x_turned_ ? x_copy : x;
      inner_->run(sample, y_turned_ ? y_copy : to, inner_memory);
      if (y_turned_) {
        to_plain(y_copy, shape_.output_channels, product(shape_.y_space()), to);
        epilogue_.apply_to(y, to - y, static_cast<int64_t>(y_sample()), inputs.operands);
      }
      for (const float*& operand : operands) operand += y_sample();
    }
  }

 private:
  size_t x_sample() const {
    return static_cast<size_t>(shape_.input_channels * product(shape_.x_space()));
  }
  size_t y_sample() const {
    return static_cast<size_t>(shape_.output_channels * product(shape_.y_space()));
  }

  ConvolutionShape shape_;
  bool x_turned_;
  bool y_turned_;
  Epilogue epilogue_;  // of a turned output: after it was turned
  std::unique_ptr<Convolution> inner_;
};

std::unique_ptr<Convolution> in_channels_last(const ConvolutionPlan& plan,
                                              TurnedConvolution::Make make) {
  const bool last =
      plan.x_layout == Layout::kChannelsLast && plan.y_layout == Layout::kChannelsLast;
  return last ? make(plan) : std::make_unique<TurnedConvolution>(plan, make);
}

}  // namespace

std::unique_ptr<Convolution> make_convolution(const ConvolutionPlan& plan) {
  const ConvolutionShape& s = plan.shape;
  if (s.batch * s.output_channels * product(s.y_space()) == 0) {
    return std::make_unique<EmptyConvolution>();
  }
  if (s.transposed) return in_channels_last(plan, make_transposed_convolution);
  const bool tiled = kernel_set() != nullptr && !backend_is_faster();
  if (!tiled) return in_channels_last(plan, make_backend_convolution);
  if (is_depthwise(s)) return in_channels_last(plan, make_depthwise_convolution);
  return make_tiled_convolution(plan);
}

}  // namespace edgeopt
