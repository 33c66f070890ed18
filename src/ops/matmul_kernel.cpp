#include "ops/matmul_kernel.h"

#include "kernels/aligned.h"
#include "ops/float_kernel.h"

namespace edgeopt {
namespace {

void run_products(const Matmul& product, const std::vector<MatmulPlace>& places, const float* a,
                  const float* b, std::span<const float* const> operands, float* y, void* scratch) {
  for (const MatmulPlace& place : places) {
    MatmulInputs inputs;
    inputs.a = a + place.a;
    inputs.b = b == nullptr ? nullptr : b + place.b;
    inputs.operands = operands;
    inputs.at = place.y;
    product.run(inputs, y, scratch);
  }
}

class MatmulKernel : public Kernel {
 public:
  MatmulKernel(MatmulBatch batch, size_t node_inputs, std::vector<float> bias, Tensor a, Tensor b)
      : batch_(std::move(batch)),
        node_inputs_(node_inputs),
        bias_(std::move(bias)),
        a_(std::move(a)),
        b_(std::move(b)) {
    batch_.plan.bias = bias_.empty() ? nullptr : bias_.data();
  }

  void build() override { product_ = make_matmul(batch_.plan); }
  size_t scratch_bytes() const override { return product_->scratch_bytes(); }
  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* scratch) const override {
    const auto* a = a_.empty() ? static_cast<const float*>(inputs[0]) : a_.data<float>();
    const auto* b = b_.empty() ? static_cast<const float*>(inputs[1]) : b_.data<float>();
    run_products(*product_, batch_.places, a, b, OperandPointers(inputs, node_inputs_),
                 static_cast<float*>(outputs[0]), scratch);
  }

 private:
  MatmulBatch batch_;
  std::unique_ptr<Matmul> product_;
  size_t node_inputs_;
  std::vector<float> bias_;
  Tensor a_;  // constants that are not packed
  Tensor b_;
};

}  // namespace

MatmulBatch matmul_batch(const MatmulShape& shape) {
  MatmulBatch batch;
  batch.plan.rows = shape.rows;
  batch.plan.columns = shape.columns;
  batch.plan.depth = shape.depth;
  if (element_count(shape.batch_b) == 1 && element_count(shape.batch) > 0) {
    batch.plan.rows *= element_count(shape.batch);
    batch.places.emplace_back();
    return batch;
  }
  for_each_matrix(shape, [&](int64_t a, int64_t b, int64_t y) {
    batch.places.push_back({a * shape.rows * shape.depth, b * shape.depth * shape.columns,
                            y * shape.rows * shape.columns});
  });
  return batch;
}

void run_matmul(const MatmulBatch& batch, const float* a, const float* b, float* y) {
  const auto product = make_matmul(batch.plan);
  AlignedFloats scratch(product->scratch_bytes() / sizeof(float) + 1);
  run_products(*product, batch.places, a, b, {}, y, scratch.data());
}

std::unique_ptr<Kernel> matmul_kernel(const PrepareContext& c, MatmulBatch batch,
                                      std::vector<float> bias) {
  const Tensor* a = c.inputs[0].constant;
  const Tensor* b = c.inputs[1].constant;
  if (b != nullptr && batch.places.size() == 1) {
    batch.plan.b = b->data<float>();
    b = nullptr;
  }
  return std::make_unique<MatmulKernel>(std::move(batch), c.inputs.size(), std::move(bias),
                                        a == nullptr ? Tensor() : *a, b == nullptr ? Tensor() : *b);
}

std::optional<std::vector<float>> constant_bias(const PrepareContext& c, size_t i, int64_t columns,
                                                float factor) {
  if (c.inputs.size() <= i || c.inputs[i].type == DataType::kUndefined) {
    return std::vector<float>();
  }
  const Tensor* constant = c.inputs[i].constant;
  if (constant == nullptr) return std::nullopt;
  const int64_t size = constant->size();
  const bool row =
      size == columns && constant->rank() > 0 && constant->dim(constant->rank() - 1) == columns;
  if (size != 1 && !row) return std::nullopt;
  std::vector<float> bias(static_cast<size_t>(columns));
  for (size_t k = 0; k < bias.size(); ++k) {
    bias[k] = factor * constant->data<float>()[size == 1 ? 0 : k];
  }
  return bias;
}

}  // namespace edgeopt
