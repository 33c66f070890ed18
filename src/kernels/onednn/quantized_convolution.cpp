#include "kernels/quantized_convolution.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "kernels/encode.h"
#include "kernels/onednn/convolution_form.h"
#include "kernels/onednn/post_ops.h"
#include "kernels/scratch.h"

namespace edgeopt {
namespace {

using onednn::Dims;
using onednn::Tag;
using DataType = dnnl::memory::data_type;
using Kind = EpilogueStep::Kind;

constexpr int kForEachOutputChannel = 1 << 1;

// What the primitive makes: y itself, or what the rest of the steps starts from.
struct Destination {
  std::span<const EpilogueStep> done;  // by the primitive
  std::span<const EpilogueStep> rest;
  std::optional<Grid> grid;  // of its bytes; else floats
  bool translated = false;   // these bytes are not yet those of y
};

// How many of the first steps the primitive does, so that the ends of a grid can follow.
size_t easy_steps(std::span<const EpilogueStep> steps) {
  onednn::PostOps trial;
  trial.append_clip(0, 1);
  size_t count = 0;
  while (count < steps.size() && trial.append_exact(steps[count])) ++count;
  return count;
}

// Bytes where the steps allow it: on the grid of y, or on that of the first kFakeQuant when what
// follows it is a function of its codes alone.
Destination destination_of(const QuantizedConvolutionPlan& plan) {
  const std::span<const EpilogueStep> steps(plan.epilogue);
  const size_t easy = easy_steps(steps);
  Destination result{steps.first(easy), steps.subspan(easy), std::nullopt};
  if (!plan.grid) return result;
  if (result.rest.empty()) {
    result.grid = plan.grid;
    return result;
  }
  const EpilogueStep& next = result.rest[0];
  const bool alone = std::none_of(result.rest.begin(), result.rest.end(),
                                  [](const EpilogueStep& s) { return s.kind == Kind::kAdd; });
  if (next.kind != Kind::kFakeQuant || !alone || next.high - next.low > 255) return result;
  result.translated = true;  // counted from 0 on
  result.grid = Grid{next.a, static_cast<int32_t>(next.b - next.low), 0,
                     static_cast<int32_t>(next.high - next.low)};
  result.rest = result.rest.subspan(1);
  return result;
}

dnnl::primitive_attr attributes_of(const QuantizedConvolutionPlan& plan, const Destination& y) {
  const auto channels = static_cast<size_t>(plan.shape.output_channels);
  const float unit = y.grid ? y.grid->scale : 1;
  std::vector<float> scale(plan.scale, plan.scale + channels);
  for (float& s : scale) s /= unit;
  onednn::PostOps post_ops;
  for (const EpilogueStep& step : y.done) post_ops.append_exact(step, unit);
  // Before the zero point is added: with it, a small value has fewer bits left.
  if (y.grid && y.grid->zero_point != 0) post_ops.append_round();
  if (y.grid && (y.grid->low > 0 || y.grid->high < 255)) {
    post_ops.append_clip(static_cast<float>(y.grid->low - y.grid->zero_point),
                         static_cast<float>(y.grid->high - y.grid->zero_point));
  }
  dnnl::primitive_attr attr = post_ops.attributes();
  attr.set_output_scales(kForEachOutputChannel, scale);
  attr.set_zero_points(DNNL_ARG_SRC, 0, {plan.x_zero_point});
  if (y.grid) attr.set_zero_points(DNNL_ARG_DST, 0, {y.grid->zero_point});
  return attr;
}

dnnl::convolution_forward::primitive_desc describe(const ConvolutionShape& shape, int64_t batch,
                                                   bool has_bias, bool bytes,
                                                   const dnnl::primitive_attr& attr) {
  const onednn::ConvolutionForm form = onednn::form_of(shape, batch);
  const dnnl::memory::desc bias =
      has_bias ? onednn::floats({shape.output_channels}, Tag::x) : dnnl::memory::desc();
  return onednn::describe(form, {form.x, DataType::u8, form.tensor_tag},
                          {form.weights, DataType::s8, Tag::any}, bias,
                          {form.y, bytes ? DataType::u8 : DataType::f32, form.tensor_tag}, attr);
}

class OnednnQuantizedConvolution : public QuantizedConvolution {
 public:
  explicit OnednnQuantizedConvolution(const QuantizedConvolutionPlan& plan)
      : s_(plan.shape), grid_(plan.grid), at_once_(onednn::samples_at_once(plan.shape)) {
    const Destination made = destination_of(plan);
    primitive_desc_ = describe(s_, at_once_, plan.bias != nullptr, made.grid.has_value(),
                               attributes_of(plan, made));
    primitive_ = dnnl::convolution_forward(primitive_desc_);
    arguments_ = std::make_unique<onednn::ArgumentPool>(primitive_desc_, plan.bias != nullptr);
    if (!grid_) {
      rest_ = Epilogue(made.rest);
    } else if (!made.grid) {
      encoder_ = Encoder(made.rest, *grid_);
    } else if (made.translated) {
      table_ = code_table(*made.grid, made.rest, *grid_);
    }
    pack(plan);
  }

  size_t scratch_bytes() const override {
    return own_scratch() + (encoder_ ? scratch_size(static_cast<size_t>(y_step())) : 0);
  }

  void run(const uint8_t* x, void* y, std::span<const float* const> operands,
           void* scratch) const override {
    const onednn::ArgumentPool::Loan arguments = arguments_->borrow();
    arguments->put(DNNL_ARG_WEIGHTS, weights_);
    arguments->set(DNNL_ARG_SCRATCHPAD, scratch);
    if (!bias_.empty()) arguments->set(DNNL_ARG_BIAS, bias_.data());
    for (int64_t n = 0; n < s_.batch / at_once_; ++n) {
      arguments->set(DNNL_ARG_SRC, x + n * x_step());
      if (encoder_) {
        float* floats = reinterpret_cast<float*>(static_cast<std::byte*>(scratch) + own_scratch());
        arguments->set(DNNL_ARG_DST, floats);
        arguments->run(primitive_);
        encode(floats, static_cast<uint8_t*>(y), n, operands);
      } else if (grid_) {
        uint8_t* bytes = static_cast<uint8_t*>(y) + n * y_step();
        arguments->set(DNNL_ARG_DST, bytes);
        arguments->run(primitive_);
        if (table_) translate(*table_, bytes, y_step());
      } else {
        auto* floats = static_cast<float*>(y);
        arguments->set(DNNL_ARG_DST, floats + n * y_step());
        arguments->run(primitive_);
        rest_.apply_to(floats, n * y_step(), y_step(), operands);
      }
    }
  }

 private:
  int64_t x_step() const { return at_once_ * s_.input_channels * product(s_.window.input); }
  int64_t y_step() const { return at_once_ * s_.output_channels * product(s_.window.output); }
  size_t own_scratch() const {
    return (primitive_desc_.scratchpad_desc().get_size() + 63) / 64 * 64;
  }

  void encode(const float* floats, uint8_t* y, int64_t n,
              std::span<const float* const> operands) const {
    std::array<const float*, kFusedOperands> own = {};
    for (size_t k = 0; k < operands.size(); ++k) own.at(k) = operands[k] + n * y_step();
    encoder_->run(floats, y + n * y_step(), 0, y_step(), std::span(own).first(operands.size()));
  }

  void pack(const QuantizedConvolutionPlan& plan) {
    const onednn::ConvolutionForm form = onednn::form_of(s_, at_once_);
    weights_ = dnnl::memory(primitive_desc_.weights_desc(), onednn::cpu());
    dnnl::memory plain =
        onednn::memory_at({form.weights, DataType::s8, form.weights_tag}, plan.weights);
    dnnl::reorder(plain, weights_).execute(onednn::stream(), plain, weights_);
    if (plan.bias == nullptr) return;
    // oneDNN adds it to the sum, before the scale.
    for (size_t c = 0; c < static_cast<size_t>(s_.output_channels); ++c) {
      bias_.push_back(static_cast<float>(static_cast<double>(plan.bias[c]) /
                                         static_cast<double>(plan.scale[c])));
    }
  }

  ConvolutionShape s_;
  std::optional<Grid> grid_;  // of y
  int64_t at_once_;           // samples
  dnnl::convolution_forward::primitive_desc primitive_desc_;
  dnnl::convolution_forward primitive_;
  std::unique_ptr<onednn::ArgumentPool> arguments_;
  dnnl::memory weights_;
  std::vector<float> bias_;
  Epilogue rest_;                   // of floats
  std::optional<CodeTable> table_;  // of bytes on another grid than y's
  std::optional<Encoder> encoder_;  // of floats to bytes
};

}  // namespace

bool multiplies_codes(const ConvolutionShape& shape) {
  // Without VNNI oneDNN adds products in 16 bits, which saturate.
  static const bool exact = dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core_vnni;
  const int64_t depth = shape.group_inputs() * shape.taps();
  const bool fits = depth <= std::numeric_limits<int32_t>::max() / (255 * 128);
  if (!exact || !fits || shape.transposed || shape.weight_size() == 0) return false;
  QuantizedConvolutionPlan plan;
  plan.shape = shape;
  const std::vector<float> scale(static_cast<size_t>(shape.output_channels), 1.0F);
  plan.scale = scale.data();
  try {
    const auto desc = describe(shape, 1, true, false, attributes_of(plan, {}));
    const std::string_view kernel(desc.impl_info_str());  // "ref:any", "gemm:...": slow ones
    return kernel.starts_with("jit") || kernel.starts_with("br");
  } catch (const dnnl::error&) {
    return false;
  }
}

std::unique_ptr<QuantizedConvolution> make_quantized_convolution(
    const QuantizedConvolutionPlan& plan) {
  return std::make_unique<OnednnQuantizedConvolution>(plan);
}

}  // namespace edgeopt
