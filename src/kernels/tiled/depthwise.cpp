#include <algorithm>

#include "kernels/aligned.h"
#include "kernels/scratch.h"
#include "kernels/tiled/convolution.h"
#include "kernels/tiled/kernel_set.h"

namespace edgeopt {
namespace {

constexpr int64_t kMostTapRows = 32;
constexpr int64_t kBandFloats = 48 * 1024;  // of input and output: they stay in the second-level
                                            // cache while all channels pass

class DepthwiseConvolution : public Convolution {
 public:
  explicit DepthwiseConvolution(const ConvolutionPlan& plan)
      : s_(plan.shape),
        w_(plan.shape.window),
        channels_(s_.input_channels),
        kernels_(*kernel_set()),
        padded_channels_((channels_ + kernels_.lanes - 1) / kernels_.lanes * kernels_.lanes),
        split_(split_epilogue(plan.epilogue, false)),
        rest_(split_.rest) {
    const int64_t row_floats = (w_.input[2] * w_.stride[1] + w_.output[2]) * channels_;
    band_ = std::clamp<int64_t>(kBandFloats / std::max<int64_t>(1, row_floats), 1,
                                w_.output[0] * w_.output[1]);
    if (plan.weights != nullptr) {
      weights_.resize(weight_floats());
      pack(plan.weights, weights_.data());
    }
    if (!plan.has_bias || plan.bias != nullptr) {
      bias_.resize(static_cast<size_t>(padded_channels_));
      if (plan.bias != nullptr) std::copy(plan.bias, plan.bias + channels_, bias_.begin());
    }
  }

  size_t scratch_bytes() const override {
    return (weights_.empty() ? scratch_size(weight_floats()) : 0) +
           (bias_.empty() ? scratch_size(size_t(padded_channels_)) : 0);
  }

  void run(const ConvolutionInputs& inputs, float* y, void* memory) const override {
    Scratch scratch(memory);
    Run run = {inputs, y, weights_.data(), bias_.data()};
    if (weights_.empty()) {
      float* packed = scratch.floats(weight_floats());
      pack(inputs.weights, packed);
      run.weights = packed;
    }
    if (bias_.empty()) {
      float* packed = scratch.floats(static_cast<size_t>(padded_channels_));
      std::fill(packed, packed + padded_channels_, 0.0F);
      std::copy(inputs.bias, inputs.bias + channels_, packed);
      run.bias = packed;
    }
    const int64_t rows = w_.output[0] * w_.output[1];
    for (int64_t n = 0; n < s_.batch; ++n) {
      for (int64_t r = 0; r < rows; r += band_) {
        const int64_t last = std::min(r + band_, rows);
        run_band(run, n, r, last);
        const int64_t row = w_.output[2] * channels_;
        rest_.apply_to(y, (n * rows + r) * row, (last - r) * row, inputs.operands);
      }
    }
  }

 private:
  struct Run {
    const ConvolutionInputs& inputs;
    float* y;
    const float* weights;
    const float* bias;
  };

  size_t weight_floats() const { return static_cast<size_t>(s_.taps() * padded_channels_); }

  void pack(const float* weights, float* packed) const {
    std::fill(packed, packed + weight_floats(), 0.0F);
    for (int64_t c = 0; c < channels_; ++c) {
      for (int64_t t = 0; t < s_.taps(); ++t) {
        packed[t * padded_channels_ + c] = weights[c * s_.taps() + t];
      }
    }
  }

  void run_band(const Run& run, int64_t sample, int64_t first, int64_t last) const {
    // Wide vectors of channels while three rows of the input stay in the first-level cache.
    const bool narrow_rows = w_.input[2] * kernels_.four_vectors.channels * 3 <= 6 * 1024;
    for (int64_t c = 0; c < channels_;) {
      const PixelKernels& kernels = kernels_for(channels_ - c, narrow_rows);
      for (int64_t r = first; r < last; ++r) run_row(run, sample, r, c, kernels);
      c += kernels.channels;
    }
  }

  const PixelKernels& kernels_for(int64_t channels, bool narrow_rows) const {
    if (narrow_rows && channels >= kernels_.four_vectors.channels) return kernels_.four_vectors;
    if (channels >= kernels_.two_vectors.channels) return kernels_.two_vectors;
    return channels >= kernels_.lanes ? kernels_.one_vector : kernels_.part_of_one;
  }

  void run_row(const Run& run, int64_t sample, int64_t row, int64_t channel,
               const PixelKernels& kernels) const {
    TapRow taps[kMostTapRows];
    DepthwiseJob job;
    job.taps = taps;
    job.tap_rows = tap_rows(run, sample, row, channel, taps);
    job.tap_step = w_.dilation[2] * channels_;
    job.pixel_step = w_.stride[2] * channels_;
    job.weight_step = padded_channels_;
    job.bias = run.bias + channel;
    job.stride = channels_;
    job.steps = split_.fused.data();
    job.step_count = static_cast<int64_t>(split_.fused.size());
    job.operands = run.inputs.operands.data();
    job.lanes = std::min(kernels_.lanes, channels_ - channel);
    const int64_t rows = w_.output[0] * w_.output[1];
    const int64_t row_at = (sample * rows + row) * w_.output[2] * channels_ + channel;
    for (int64_t p = 0; p < w_.output[2];) {
      set_taps(p, job);
      int64_t count = 1;  // pixels that see all taps go together
      if (job.first_tap == 0 && job.last_tap == w_.kernel[2]) {
        count = std::min(std::max<int64_t>(1, inner_end() - p), kernels.pixels);
      }
      job.offset = (p * w_.stride[2] - w_.before[2]) * channels_;
      job.at = row_at + p * channels_;
      job.y = run.y + job.at;
      kernels.functions[static_cast<size_t>(count - 1)](job);
      p += count;
    }
  }

  // The rows of taps of output row `row` that lie in the input.
  int64_t tap_rows(const Run& run, int64_t sample, int64_t row, int64_t channel,
                   TapRow* taps) const {
    int64_t count = 0;
    const int64_t first_d = row / w_.output[1] * w_.stride[0] - w_.before[0];
    const int64_t first_h = row % w_.output[1] * w_.stride[1] - w_.before[1];
    for (int64_t kd = 0; kd < w_.kernel[0]; ++kd) {
      const int64_t d = first_d + kd * w_.dilation[0];
      if (d < 0 || d >= w_.input[0]) continue;
      for (int64_t kh = 0; kh < w_.kernel[1]; ++kh) {
        const int64_t h = first_h + kh * w_.dilation[1];
        if (h < 0 || h >= w_.input[1]) continue;
        const int64_t line = (sample * w_.input[0] + d) * w_.input[1] + h;
        const int64_t tap = (kd * w_.kernel[1] + kh) * w_.kernel[2];
        taps[count].x = run.inputs.x + line * w_.input[2] * channels_ + channel;
        taps[count].weights = run.weights + tap * padded_channels_ + channel;
        ++count;
      }
    }
    return count;
  }

  // The taps of pixel `p` that lie in the input.
  void set_taps(int64_t p, DepthwiseJob& job) const {
    const int64_t start = p * w_.stride[2] - w_.before[2];
    const int64_t step = w_.dilation[2];
    job.first_tap = start >= 0 ? 0 : std::min(w_.kernel[2], (-start + step - 1) / step);
    const int64_t room = w_.input[2] - start;
    job.last_tap = room <= 0 ? 0 : std::min(w_.kernel[2], (room + step - 1) / step);
    job.last_tap = std::max(job.first_tap, job.last_tap);
  }

  // The first pixel whose last tap is behind the input.
  int64_t inner_end() const {
    const int64_t reach = w_.input[2] - 1 - (w_.kernel[2] - 1) * w_.dilation[2] + w_.before[2];
    return std::min(w_.output[2], reach / w_.stride[2] + 1);
  }

  ConvolutionShape s_;
  Window w_;
  int64_t channels_;
  const KernelSet& kernels_;
  int64_t padded_channels_;
  int64_t band_ = 1;  // output rows that are computed together
  SplitEpilogue split_;
  Epilogue rest_;
  AlignedFloats weights_;  // [tap][padded channels]; empty: given at each run
  AlignedFloats bias_;     // likewise
};

}  // namespace

bool is_depthwise(const ConvolutionShape& s) {
  return !s.transposed && s.groups > 1 && s.group_inputs() == 1 && s.group_outputs() == 1 &&
         s.window.kernel[0] * s.window.kernel[1] <= kMostTapRows;
}

std::unique_ptr<Convolution> make_depthwise_convolution(const ConvolutionPlan& plan) {
  return std::make_unique<DepthwiseConvolution>(plan);
}

}  // namespace edgeopt
