#include "kernels/transposed_convolution.h"

#include <algorithm>

#include "kernels/layout.h"
#include "kernels/matmul.h"
#include "kernels/scratch.h"

namespace edgeopt {
namespace {

// For each group: columns[pixel][tap][output] = x[pixel] w, then y[under the tap] += columns.
class TransposedConvolution : public Convolution {
 public:
  explicit TransposedConvolution(const ConvolutionPlan& plan)
      : s_(plan.shape), has_bias_(plan.has_bias), epilogue_(plan.epilogue) {
    if (plan.bias != nullptr) bias_.assign(plan.bias, plan.bias + s_.output_channels);
    given_weights_ = plan.weights == nullptr;
    std::vector<float> turned;
    if (!given_weights_) {
      turned.resize(static_cast<size_t>(weight_size()));
      turn(plan.weights, turned.data());
    }
    for (int64_t g = 0; g < s_.groups; ++g) {
      MatmulPlan product_plan;
      product_plan.rows = pixels();
      product_plan.depth = s_.group_inputs();
      product_plan.columns = s_.taps() * s_.group_outputs();
      product_plan.a_stride = s_.input_channels;
      if (!given_weights_) product_plan.b = turned.data() + g * group_weights();
      if (g == 0 || !given_weights_) products_.push_back(make_matmul(product_plan));
    }
  }

  size_t scratch_bytes() const override {
    return column_bytes() + turned_bytes() + products_[0]->scratch_bytes();
  }

  void run(const ConvolutionInputs& inputs, float* y, void* memory) const override {
    Scratch scratch(memory);
    float* columns = scratch.floats(static_cast<size_t>(pixels() * column_count()));
    float* turned = nullptr;
    if (given_weights_) {
      turned = scratch.floats(static_cast<size_t>(weight_size()));
      turn(inputs.weights, turned);
    }
    void* inner = scratch.floats(0);
    const float* bias = bias_.empty() ? inputs.bias : bias_.data();
    const int64_t y_sample = product(s_.window.input) * s_.output_channels;
    for (int64_t n = 0; n < s_.batch; ++n) {
      float* to = y + n * y_sample;
      fill(has_bias_ ? bias : nullptr, to);
      for (int64_t g = 0; g < s_.groups; ++g) {
        MatmulInputs operands;
        operands.a = inputs.x + n * pixels() * s_.input_channels + g * s_.group_inputs();
        if (given_weights_) operands.b = turned + g * group_weights();
        products_[given_weights_ ? 0 : static_cast<size_t>(g)]->run(operands, columns, inner);
        add_columns(columns, to + g * s_.group_outputs());
      }
      epilogue_.apply_to(y, n * y_sample, y_sample, inputs.operands);
    }
  }

 private:
  int64_t pixels() const { return product(s_.window.output); }
  int64_t column_count() const { return s_.taps() * s_.group_outputs(); }
  int64_t group_weights() const { return s_.group_inputs() * column_count(); }
  int64_t weight_size() const { return s_.groups * group_weights(); }
  size_t column_bytes() const {
    return scratch_size(static_cast<size_t>(pixels() * column_count()));
  }
  size_t turned_bytes() const {
    return given_weights_ ? scratch_size(static_cast<size_t>(weight_size())) : 0;
  }

  // [input channel][output][tap] to [input channel][tap][output].
  void turn(const float* weights, float* turned) const {
    for (int64_t i = 0; i < s_.input_channels; ++i) {
      transpose(weights + i * column_count(), s_.group_outputs(), s_.taps(), s_.taps(),
                turned + i * column_count(), s_.group_outputs());
    }
  }

  void fill(const float* bias, float* y) const {
    for (int64_t p = 0; p < product(s_.window.input); ++p) {
      float* to = y + p * s_.output_channels;
      if (bias == nullptr) {
        std::fill(to, to + s_.output_channels, 0.0F);
      } else {
        std::copy(bias, bias + s_.output_channels, to);
      }
    }
  }

  void add_columns(const float* columns, float* y) const {
    const int64_t outputs = s_.group_outputs();
    for_each_position(s_.window.output, [&](const Spatial& p, int64_t pixel) {
      for_each_tap(s_.window, p, [&](int64_t tap, int64_t place) {
        const float* from = columns + pixel * column_count() + tap * outputs;
        float* to = y + place * s_.output_channels;
        for (int64_t o = 0; o < outputs; ++o) to[o] += from[o];
      });
    });
  }

  ConvolutionShape s_;
  bool has_bias_;
  std::vector<float> bias_;
  Epilogue epilogue_;
  bool given_weights_ = false;
  std::vector<std::unique_ptr<Matmul>> products_;  // one for each group, or one for all
};

}  // namespace

std::unique_ptr<Convolution> make_transposed_convolution(const ConvolutionPlan& plan) {
  return std::make_unique<TransposedConvolution>(plan);
}

}  // namespace edgeopt
