#include "kernels/tiled/convolution.h"

#include <algorithm>

#include "kernels/aligned.h"
#include "kernels/layout.h"
#include "kernels/scratch.h"
#include "kernels/tiled/product.h"

namespace edgeopt {
namespace {

constexpr int64_t kRowsAtOnce = 256;  // of padded samples, so that small ones fill the tiles

// What the windows cover, from the first element of the first to the last of the last.
Spatial covered_space(const Window& w) {
  Spatial space;
  for (size_t d = 0; d < 3; ++d) {
    space[d] = (w.output[d] - 1) * w.stride[d] + (w.kernel[d] - 1) * w.dilation[d] + 1;
  }
  return space;
}

bool needs_padding(const Window& w) {
  const Spatial covered = covered_space(w);
  for (size_t d = 0; d < 3; ++d) {
    if (w.before[d] != 0 || covered[d] > w.input[d]) return true;
  }
  return false;
}

// The taps of a window, as stretches of a channels-last sample of space `space`.
std::vector<Segment> tap_segments(const Window& w, const Spatial& space, int64_t channels,
                                  int64_t length) {
  std::vector<Segment> segments;
  for_each_position(w.kernel, [&](const Spatial& k, int64_t) {
    const int64_t d = k[0] * w.dilation[0];
    const int64_t h = k[1] * w.dilation[1];
    const int64_t place = (d * space[1] + h) * space[2] + k[2] * w.dilation[2];
    segments.push_back({place * channels, length});
  });
  return segments;
}

class TiledConvolution : public Convolution {
 public:
  explicit TiledConvolution(const ConvolutionPlan& plan)
      : s_(plan.shape),
        x_last_(is_last(plan.x_layout, s_.input_channels, s_.window.input)),
        y_last_(is_last(plan.y_layout, s_.output_channels, s_.window.output)),
        copied_(!x_last_ || needs_padding(s_.window)),
        space_(copied_ ? covered_space(s_.window) : s_.window.input),
        pixels_(product(s_.window.output)),
        split_(y_last_ ? split_epilogue(plan.epilogue, false) : SplitEpilogue{{}, plan.epilogue}),
        rest_(split_.rest),
        product_(s_.group_outputs(),
                 tap_segments(s_.window, space_, s_.input_channels, s_.group_inputs()),
                 split_.fused) {
    const bool whole = !copied_ && y_last_;
    const int64_t several = (kRowsAtOnce + pixels_ - 1) / std::max<int64_t>(1, pixels_);
    samples_at_once_ = whole ? s_.batch : std::min(s_.batch, several);
    set_offsets();
    if (plan.weights != nullptr) {
      weights_.resize(packed_size());
      pack(plan.weights, weights_.data());
    }
    if (!plan.has_bias || plan.bias != nullptr) {
      bias_.resize(bias_size());
      pack_bias(plan.bias, bias_.data());
    }
  }

  size_t scratch_bytes() const override {
    size_t bytes = 0;
    if (copied_) bytes += scratch_size(static_cast<size_t>(samples_at_once_ * x_sample()));
    if (!y_last_) bytes += scratch_size(static_cast<size_t>(samples_at_once_ * y_sample()));
    if (weights_.empty()) bytes += scratch_size(packed_size());
    if (bias_.empty()) bytes += scratch_size(bias_size());
    return bytes;
  }

  void run(const ConvolutionInputs& inputs, float* y, void* memory) const override {
    Scratch scratch(memory);
    Run run;
    run.inputs = &inputs;
    run.y = y;
    run.x_copy = copied_ ? scratch.floats(size_t(samples_at_once_ * x_sample())) : nullptr;
    run.y_copy = y_last_ ? nullptr : scratch.floats(size_t(samples_at_once_ * y_sample()));
    run.weights = weights_.data();
    if (weights_.empty()) {
      float* packed = scratch.floats(packed_size());
      pack(inputs.weights, packed);
      run.weights = packed;
    }
    run.bias = bias_.data();
    if (bias_.empty()) {
      float* packed = scratch.floats(bias_size());
      pack_bias(inputs.bias, packed);
      run.bias = packed;
    }
    for (int64_t n = 0; n < s_.batch; n += samples_at_once_) {
      run_samples(run, n, std::min(samples_at_once_, s_.batch - n));
    }
  }

 private:
  struct Run {
    const ConvolutionInputs* inputs = nullptr;
    float* y = nullptr;
    float* x_copy = nullptr;
    float* y_copy = nullptr;
    const float* weights = nullptr;
    const float* bias = nullptr;
  };

  // One channel, or one place, lies alike in both layouts.
  static bool is_last(Layout layout, int64_t channels, const Spatial& space) {
    return layout == Layout::kChannelsLast || channels == 1 || product(space) == 1;
  }

  int64_t x_sample() const { return product(space_) * s_.input_channels; }
  int64_t y_sample() const { return pixels_ * s_.output_channels; }
  size_t packed_size() const { return static_cast<size_t>(s_.groups) * product_.packed_size(); }
  size_t bias_size() const { return static_cast<size_t>(s_.groups) * product_.bias_size(); }

  void set_offsets() {
    const Window& w = s_.window;
    bool even = x_sample() == pixels_ * s_.input_channels;
    for_each_position(w.output, [&](const Spatial& p, int64_t flat) {
      const int64_t row = p[0] * w.stride[0] * space_[1] + p[1] * w.stride[1];
      const int64_t offset = (row * space_[2] + p[2] * w.stride[2]) * s_.input_channels;
      even = even && offset == flat * s_.input_channels;
      offsets_.push_back(static_cast<int32_t>(offset));
    });
    if (even) offsets_.clear();
  }

  void pack(const float* weights, float* packed) const {
    // The product's depth runs over the taps and, inside, over the channels; ONNX's the other way.
    const int64_t inputs = s_.group_inputs();
    std::vector<float> turned(static_cast<size_t>(inputs * s_.taps() * s_.group_outputs()));
    for (int64_t g = 0; g < s_.groups; ++g) {
      const float* from = weights + g * s_.group_outputs() * inputs * s_.taps();
      for (int64_t o = 0; o < s_.group_outputs(); ++o) {
        transpose(from + o * inputs * s_.taps(), inputs, s_.taps(), s_.taps(),
                  turned.data() + o * inputs * s_.taps(), inputs);
      }
      product_.pack(turned.data(), 1, inputs * s_.taps(), packed);
      packed += product_.packed_size();
    }
  }

  void pack_bias(const float* bias, float* packed) const {
    for (int64_t g = 0; g < s_.groups; ++g) {
      product_.pack_bias(bias == nullptr ? nullptr : bias + g * s_.group_outputs(), packed);
      packed += product_.bias_size();
    }
  }

  void run_samples(const Run& run, int64_t first, int64_t count) const {
    const float* x = run.inputs->x + first * product(s_.window.input) * s_.input_channels;
    for (int64_t n = 0; copied_ && n < count; ++n) {
      pad_sample(x + n * product(s_.window.input) * s_.input_channels, x_last_, s_.input_channels,
                 s_.window.input, s_.window.before, space_, run.x_copy + n * x_sample());
    }
    RowSource rows;
    rows.x = copied_ ? run.x_copy : x;
    rows.stride = s_.input_channels;
    rows.offsets = offsets_.empty() ? nullptr : offsets_.data();
    rows.period = pixels_;
    rows.period_stride = x_sample();
    const int64_t at = first * y_sample();
    for (int64_t r = 0; r < count * pixels_; r += product_.block_rows()) {
      run_block(run, rows, r, std::min(r + product_.block_rows(), count * pixels_), at);
    }
    if (y_last_) return;
    for (int64_t n = 0; n < count; ++n) {
      to_plain(run.y_copy + n * y_sample(), s_.output_channels, pixels_,
               run.y + at + n * y_sample());
    }
    rest_.apply_to(run.y, at, count * y_sample(), run.inputs->operands);
  }

  void run_block(const Run& run, RowSource rows, int64_t first, int64_t last, int64_t at) const {
    ResultTarget target;
    target.y = y_last_ ? run.y : run.y_copy;
    target.at = y_last_ ? at : 0;
    target.stride = s_.output_channels;
    target.operands = run.inputs->operands.data();
    const auto groups = static_cast<size_t>(s_.groups);
    for (size_t g = 0; g < groups; ++g) {
      product_.run(rows, first, last, run.weights + g * product_.packed_size(),
                   run.bias + g * product_.bias_size(), target);
      rows.x += s_.group_inputs();
      target.at += s_.group_outputs();
    }
    if (!y_last_) return;
    const int64_t start = at + first * s_.output_channels;
    rest_.apply_to(run.y, start, (last - first) * s_.output_channels, run.inputs->operands);
  }

  ConvolutionShape s_;
  bool x_last_;
  bool y_last_;
  bool copied_;    // the input is laid out anew, with its padding
  Spatial space_;  // of the input as the product reads it
  int64_t pixels_;
  SplitEpilogue split_;
  Epilogue rest_;
  TiledProduct product_;
  int64_t samples_at_once_ = 1;
  std::vector<int32_t> offsets_;
  AlignedFloats weights_;  // packed; empty: given at each run
  AlignedFloats bias_;     // likewise
};

}  // namespace

std::unique_ptr<Convolution> make_tiled_convolution(const ConvolutionPlan& plan) {
  return std::make_unique<TiledConvolution>(plan);
}

}  // namespace edgeopt
