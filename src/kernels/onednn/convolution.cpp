#include <algorithm>
#include <optional>
#include <string>

#include "kernels/backend.h"
#include "kernels/onednn/convolution_form.h"
#include "kernels/onednn/post_ops.h"
#include "kernels/scratch.h"

namespace edgeopt {
namespace {

using onednn::Tag;
using Kind = EpilogueStep::Kind;

class OnednnConvolution : public Convolution {
 public:
  explicit OnednnConvolution(const ConvolutionPlan& plan)
      : s_(plan.shape), has_bias_(plan.has_bias), at_once_(onednn::samples_at_once(plan.shape)) {
    if (!describe_whole(plan.epilogue)) describe_first_steps(plan.epilogue);
    primitive_ = dnnl::convolution_forward(primitive_desc_);
    arguments_ = std::make_unique<onednn::ArgumentPool>(primitive_desc_, has_bias_);
    if (plan.weights != nullptr) {
      weights_ = dnnl::memory(primitive_desc_.weights_desc(), onednn::cpu());
      pack(plan.weights, weights_);
    }
    if (plan.bias != nullptr) bias_.assign(plan.bias, plan.bias + s_.output_channels);
  }

  size_t scratch_bytes() const override {
    return padded(primitive_desc_.scratchpad_desc().get_size()) +
           (weights_ ? 0 : padded(primitive_desc_.weights_desc().get_size()));
  }

  bool may_overwrite(size_t operand) const override { return summed_ == operand; }

  void run(const ConvolutionInputs& inputs, float* y, void* memory) const override {
    auto* bytes = static_cast<std::byte*>(memory);
    dnnl::memory weights = weights_;
    if (!weights) {
      weights = onednn::memory_at(primitive_desc_.weights_desc(),
                                  bytes + padded(primitive_desc_.scratchpad_desc().get_size()));
      pack(inputs.weights, weights);
    }
    const onednn::ArgumentPool::Loan arguments = arguments_->borrow();
    arguments->put(DNNL_ARG_WEIGHTS, weights);
    arguments->set(DNNL_ARG_SCRATCHPAD, memory);
    if (has_bias_) arguments->set(DNNL_ARG_BIAS, bias_.empty() ? inputs.bias : bias_.data());
    const int64_t x_step = at_once_ * s_.input_channels * product(s_.window.input);
    const int64_t y_step = at_once_ * s_.output_channels * product(s_.window.output);
    for (int64_t n = 0; n < s_.batch / at_once_; ++n) {
      arguments->set(DNNL_ARG_SRC, inputs.x + n * x_step);
      arguments->set(DNNL_ARG_DST, y + n * y_step);
      const float* summed = summed_ ? inputs.operands[*summed_] : y;
      if (summed != y) std::copy_n(summed + n * y_step, y_step, y + n * y_step);
      arguments->run(primitive_);
      rest_.apply_to(y, n * y_step, y_step, inputs.operands);
    }
  }

 private:
  static size_t padded(size_t bytes) { return (bytes + 63) / 64 * 64; }

  // The primitive does all steps, fake-quantization too, by a kernel as fast as without them.
  bool describe_whole(std::span<const EpilogueStep> steps) {
    if (steps.empty() || steps.back().kind != Kind::kFakeQuant) return false;
    const auto attr = onednn::quantizing_attributes(steps);
    if (!attr) return false;
    describe(onednn::PostOps().attributes());
    const std::string plain = primitive_desc_.impl_info_str();
    describe(*attr);
    if (primitive_desc_.impl_info_str() != plain) return false;
    summed_ = summed_operand(steps);
    return true;
  }

  // As many steps as it does exactly.
  void describe_first_steps(std::span<const EpilogueStep> steps) {
    summed_ = summed_operand(steps);
    describe(onednn::attributes(steps, summed_.has_value()));
    rest_ = Epilogue(steps);
  }

  // The operand of the first step, if that is an addition and no other step reads the operand.
  static std::optional<size_t> summed_operand(std::span<const EpilogueStep> steps) {
    const auto adds = [&](const EpilogueStep& step) {
      return step.kind == Kind::kAdd && step.operand == steps.front().operand;
    };
    if (std::count_if(steps.begin(), steps.end(), adds) != 1 || !adds(steps.front())) return {};
    return steps.front().operand;
  }

  void describe(const dnnl::primitive_attr& attr) {
    const onednn::ConvolutionForm form = onednn::form_of(s_, at_once_);
    plain_weights_ = onednn::floats(form.weights, form.weights_tag);
    const dnnl::memory::desc bias =
        has_bias_ ? onednn::floats({s_.output_channels}, Tag::x) : dnnl::memory::desc();
    primitive_desc_ = onednn::describe(form, onednn::floats(form.x, form.tensor_tag),
                                       onednn::floats(form.weights, Tag::any), bias,
                                       onednn::floats(form.y, form.tensor_tag), attr);
  }

  void pack(const float* weights, dnnl::memory& packed) const {
    dnnl::memory plain = onednn::memory_at(plain_weights_, weights);
    dnnl::reorder(plain, packed).execute(onednn::stream(), plain, packed);
  }

  ConvolutionShape s_;
  bool has_bias_;
  std::optional<size_t> summed_;  // operand that the primitive adds: it stands in y before
  int64_t at_once_;               // samples
  Epilogue rest_;                 // what the primitive does not do
  dnnl::memory::desc plain_weights_;
  dnnl::convolution_forward::primitive_desc primitive_desc_;
  dnnl::convolution_forward primitive_;
  std::unique_ptr<onednn::ArgumentPool> arguments_;
  dnnl::memory weights_;  // packed; none: given at each run
  std::vector<float> bias_;
};

}  // namespace

std::unique_ptr<Convolution> make_backend_convolution(const ConvolutionPlan& plan) {
  return std::make_unique<OnednnConvolution>(plan);
}

}  // namespace edgeopt
