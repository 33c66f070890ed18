#include "kernels/matmul.h"

#include "kernels/aligned.h"
#include "kernels/backend.h"
#include "kernels/layout.h"
#include "kernels/scratch.h"
#include "kernels/tiled/product.h"

namespace edgeopt {
namespace {

class TiledMatmul : public Matmul {
 public:
  explicit TiledMatmul(const MatmulPlan& plan)
      : plan_(plan),
        split_(split_epilogue(plan.epilogue)),
        rest_(split_.rest),
        product_(plan.columns, {{0, plan.depth}}, split_.fused) {
    if (plan.b != nullptr) {
      weights_.resize(product_.packed_size());
      pack(plan.b, weights_.data());
    }
    bias_.resize(product_.bias_size());
    product_.pack_bias(plan.bias, bias_.data());
    plan_.b = nullptr;
    plan_.bias = nullptr;
  }

  size_t scratch_bytes() const override {
    return weights_.empty() ? scratch_size(product_.packed_size()) : 0;
  }

  void run(const MatmulInputs& inputs, float* y, void* memory) const override {
    const float* weights = weights_.data();
    if (weights_.empty()) {
      float* packed = Scratch(memory).floats(product_.packed_size());
      pack(inputs.b, packed);
      weights = packed;
    }
    RowSource rows;
    rows.x = inputs.a;
    rows.stride = plan_.a_stride != 0 ? plan_.a_stride : plan_.depth;
    ResultTarget target;
    target.y = y;
    target.at = inputs.at;
    target.stride = plan_.columns;
    target.operands = inputs.operands.data();
    for (int64_t r = 0; r < plan_.rows; r += product_.block_rows()) {
      const int64_t last = std::min(r + product_.block_rows(), plan_.rows);
      product_.run(rows, r, last, weights, bias_.data(), target);
      rest_.apply_to(y, inputs.at + r * plan_.columns, (last - r) * plan_.columns, inputs.operands);
    }
  }

 private:
  void pack(const float* b, float* packed) const {
    if (plan_.b_transposed) {
      product_.pack(b, 1, plan_.depth, packed);
    } else {
      product_.pack(b, plan_.columns, 1, packed);
    }
    if (plan_.alpha == 1) return;
    for (size_t i = 0; i < product_.packed_size(); ++i) packed[i] *= plan_.alpha;
  }

  MatmulPlan plan_;
  SplitEpilogue split_;
  Epilogue rest_;
  TiledProduct product_;
  AlignedFloats weights_;  // packed; empty: given at each run
  AlignedFloats bias_;
};

// Turns operands around before the product: a at each run, b where it is not packed.
class TurnedMatmul : public Matmul {
 public:
  explicit TurnedMatmul(const MatmulPlan& plan) : plan_(plan) {
    MatmulPlan inner = plan;
    inner.a_transposed = false;
    if (plan.a_transposed) inner.a_stride = 0;
    AlignedFloats turned;
    if (turns_b()) {
      inner.b_transposed = false;
      inner.alpha = 1;
      if (plan.b != nullptr) {
        turned.resize(static_cast<size_t>(plan.depth * plan.columns));
        turn_b(plan.b, turned.data());
        inner.b = turned.data();
      }
    }
    inner_ = turns_b() ? make_backend_matmul(inner) : std::make_unique<TiledMatmul>(inner);
    plan_.bias = nullptr;
  }

  size_t scratch_bytes() const override { return a_size() + b_size() + inner_->scratch_bytes(); }

  void run(const MatmulInputs& inputs, float* y, void* memory) const override {
    auto* inner_memory = static_cast<std::byte*>(memory) + a_size() + b_size();
    Scratch scratch(memory);
    MatmulInputs turned = inputs;
    if (plan_.a_transposed) {
      float* a = scratch.floats(static_cast<size_t>(plan_.rows * plan_.depth));
      transpose(inputs.a, plan_.depth, plan_.rows, plan_.rows, a, plan_.depth);
      turned.a = a;
    }
    if (b_size() > 0) {
      float* b = scratch.floats(static_cast<size_t>(plan_.depth * plan_.columns));
      turn_b(inputs.b, b);
      turned.b = b;
    }
    inner_->run(turned, y, inner_memory);
  }

 private:
  static bool tiled() { return kernel_set() != nullptr && !backend_is_faster(); }
  bool turns_b() const { return !tiled(); }
  size_t a_size() const {
    return plan_.a_transposed ? scratch_size(static_cast<size_t>(plan_.rows * plan_.depth)) : 0;
  }
  size_t b_size() const {
    const bool turned = turns_b() && plan_.b == nullptr;
    return turned ? scratch_size(static_cast<size_t>(plan_.depth * plan_.columns)) : 0;
  }
  void turn_b(const float* b, float* turned) const {
    const int64_t size = plan_.depth * plan_.columns;
    if (plan_.b_transposed) {
      transpose(b, plan_.columns, plan_.depth, plan_.depth, turned, plan_.columns);
    } else {
      std::copy(b, b + size, turned);
    }
    for (int64_t i = 0; i < size; ++i) turned[i] *= plan_.alpha;
  }

  MatmulPlan plan_;
  std::unique_ptr<Matmul> inner_;
};

}  // namespace

std::unique_ptr<Matmul> make_matmul(const MatmulPlan& plan) {
  const bool tiled = kernel_set() != nullptr && !backend_is_faster();
  const bool turned = plan.a_transposed || (!tiled && (plan.b_transposed || plan.alpha != 1));
  if (turned) return std::make_unique<TurnedMatmul>(plan);
  if (tiled) return std::make_unique<TiledMatmul>(plan);
  return make_backend_matmul(plan);
}

}  // namespace edgeopt
