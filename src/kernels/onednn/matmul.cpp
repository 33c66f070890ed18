#include <algorithm>

#include "kernels/backend.h"
#include "kernels/onednn/common.h"
#include "kernels/onednn/post_ops.h"

namespace edgeopt {
namespace {

using onednn::Dims;
using onednn::Tag;

constexpr int64_t kCacheFloats = 64 * 1024;  // of results that are computed together

class OnednnMatmul : public Matmul {
 public:
  explicit OnednnMatmul(const MatmulPlan& plan) : plan_(plan) {
    std::span<const EpilogueStep> steps = plan.epilogue;
    const dnnl::primitive_attr attr = onednn::attributes(steps);
    rest_ = Epilogue(steps);
    // One row more than there is would be needed for nothing: a single block takes all.
    const int64_t most = std::max<int64_t>(16, kCacheFloats / std::max<int64_t>(1, plan.columns));
    block_ = rest_.empty() ? plan.rows : std::min(plan.rows, most);
    whole_ = make(block_, attr);
    if (plan.rows % block_ != 0) part_ = make(plan.rows % block_, attr);
    if (plan.b != nullptr) {
      weights_ = dnnl::memory(whole_.desc.weights_desc(), onednn::cpu());
      const dnnl::memory plain = onednn::memory_at(plain_b(), plan.b);
      dnnl::memory from = plain;
      dnnl::reorder(from, weights_).execute(onednn::stream(), from, weights_);
    }
    if (plan.bias != nullptr) bias_.assign(plan.bias, plan.bias + plan.columns);
  }

  size_t scratch_bytes() const override {
    const size_t whole = whole_.desc.scratchpad_desc().get_size();
    return part_.desc ? std::max(whole, part_.desc.scratchpad_desc().get_size()) : whole;
  }

  void run(const MatmulInputs& inputs, float* y, void* memory) const override {
    const int64_t stride = plan_.a_stride != 0 ? plan_.a_stride : plan_.depth;
    for (int64_t r = 0; r < plan_.rows; r += block_) {
      const int64_t rows = std::min(block_, plan_.rows - r);
      const Product& product = rows == block_ ? whole_ : part_;
      const int64_t at = inputs.at + r * plan_.columns;
      const onednn::ArgumentPool::Loan arguments = product.arguments->borrow();
      arguments->set(DNNL_ARG_SRC, inputs.a + r * stride);
      arguments->put(
          DNNL_ARG_WEIGHTS,
          weights_ ? weights_ : onednn::memory_at(product.desc.weights_desc(), inputs.b));
      arguments->set(DNNL_ARG_DST, y + at);
      arguments->set(DNNL_ARG_SCRATCHPAD, memory);
      if (!bias_.empty()) arguments->set(DNNL_ARG_BIAS, bias_.data());
      arguments->run(product.primitive);
      rest_.apply_to(y, at, rows * plan_.columns, inputs.operands);
    }
  }

 private:
  struct Product {
    dnnl::matmul::primitive_desc desc;
    dnnl::matmul primitive;
    std::unique_ptr<onednn::ArgumentPool> arguments;
  };

  dnnl::memory::desc plain_b() const {
    return onednn::floats({plan_.depth, plan_.columns}, Tag::ab);
  }

  // All products take b in the format that the first one asks for.
  Product make(int64_t rows, const dnnl::primitive_attr& attr) const {
    const int64_t stride = plan_.a_stride != 0 ? plan_.a_stride : plan_.depth;
    const dnnl::memory::desc a({rows, plan_.depth}, dnnl::memory::data_type::f32, Dims{stride, 1});
    const dnnl::memory::desc b = whole_.desc ? whole_.desc.weights_desc()
                                 : plan_.b == nullptr
                                     ? plain_b()
                                     : onednn::floats({plan_.depth, plan_.columns}, Tag::any);
    const dnnl::memory::desc bias =
        plan_.bias != nullptr ? onednn::floats({1, plan_.columns}, Tag::ab) : dnnl::memory::desc();
    const dnnl::memory::desc y = onednn::floats({rows, plan_.columns}, Tag::ab);
    Product product;
    product.desc = dnnl::matmul::primitive_desc({a, b, bias, y}, attr, onednn::cpu());
    product.primitive = dnnl::matmul(product.desc);
    product.arguments = std::make_unique<onednn::ArgumentPool>(product.desc, plan_.bias != nullptr);
    return product;
  }

  MatmulPlan plan_;
  Epilogue rest_;      // what the primitive does not do
  int64_t block_ = 1;  // rows
  Product whole_;
  Product part_;
  dnnl::memory weights_;  // packed; none: given at each run
  std::vector<float> bias_;
};

}  // namespace

std::unique_ptr<Matmul> make_backend_matmul(const MatmulPlan& plan) {
  return std::make_unique<OnednnMatmul>(plan);
}

}  // namespace edgeopt
