// Matrix products by Eigen, in blocks of rows, so that the epilogue finds its block in the cache.
#include <Eigen/Core>
#include <algorithm>

#include "kernels/backend.h"
#include "kernels/portable/product.h"

namespace edgeopt {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Strided = Eigen::OuterStride<>;

constexpr int64_t kBlockFloats = 32 * 1024;

class PortableMatmul : public Matmul {
 public:
  explicit PortableMatmul(const MatmulPlan& plan) : plan_(plan), epilogue_(plan.epilogue) {
    if (plan.b != nullptr) b_.assign(plan.b, plan.b + plan.depth * plan.columns);
    if (plan.bias != nullptr) bias_.assign(plan.bias, plan.bias + plan.columns);
  }

  size_t scratch_bytes() const override { return 0; }

  void run(const MatmulInputs& inputs, float* y, void* /*scratch*/) const override {
    const int64_t stride = plan_.a_stride != 0 ? plan_.a_stride : plan_.depth;
    const int64_t block = std::max<int64_t>(16, kBlockFloats / std::max<int64_t>(1, plan_.columns));
    for (int64_t r = 0; r < plan_.rows; r += block) {
      const int64_t rows = std::min(block, plan_.rows - r);
      const int64_t at = inputs.at + r * plan_.columns;
      portable_product(inputs.a + r * stride, rows, plan_.depth, stride,
                       b_.empty() ? inputs.b : b_.data(), plan_.columns,
                       bias_.empty() ? nullptr : bias_.data(), y + at, plan_.columns);
      epilogue_.apply_to(y, at, rows * plan_.columns, inputs.operands);
    }
  }

 private:
  MatmulPlan plan_;
  Epilogue epilogue_;
  std::vector<float> b_;  // empty: given at each run
  std::vector<float> bias_;
};

}  // namespace

void portable_product(const float* a, int64_t rows, int64_t depth, int64_t a_stride, const float* b,
                      int64_t columns, const float* bias, float* y, int64_t y_stride) {
  const Eigen::Map<const Matrix, 0, Strided> left(a, rows, depth, Strided(a_stride));
  const Eigen::Map<const Matrix> right(b, depth, columns);
  Eigen::Map<Matrix, 0, Strided> result(y, rows, columns, Strided(y_stride));
  if (bias == nullptr) {
    result.setZero();
  } else {
    result.rowwise() = Eigen::Map<const Eigen::RowVectorXf>(bias, columns);
  }
  result.noalias() += left * right;
}

std::unique_ptr<Matmul> make_backend_matmul(const MatmulPlan& plan) {
  return std::make_unique<PortableMatmul>(plan);
}

}  // namespace edgeopt
