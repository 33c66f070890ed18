// MatMul and Gemm by the fast float kernels.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "kernels/matmul.h"
#include "ops/kernel.h"
#include "ops/matmul_shape.h"

namespace edgeopt {

// Where the matrices of one product start, in floats.
struct MatmulPlace {
  int64_t a = 0;
  int64_t b = 0;
  int64_t y = 0;
};

// Products of one size: the plan of each, and their places.
struct MatmulBatch {
  MatmulPlan plan;
  std::vector<MatmulPlace> places;
};

// The products of a MatMul. Where b is one matrix, all rows of a are one product.
MatmulBatch matmul_batch(const MatmulShape& shape);

// Runs the products at once.
void run_matmul(const MatmulBatch& batch, const float* a, const float* b, float* y);

// The first inputs of the node are a and b. A constant b is packed once, where it is one matrix.
// `bias` is that of the plan; empty: none.
std::unique_ptr<Kernel> matmul_kernel(const PrepareContext& c, MatmulBatch batch,
                                      std::vector<float> bias);

// Operand `i` as a constant vector of one float for each of `columns` columns, times `factor`;
// nullopt when it is not constant or of another shape. An omitted operand is an empty vector.
std::optional<std::vector<float>> constant_bias(const PrepareContext& c, size_t i, int64_t columns,
                                                float factor);

}  // namespace edgeopt
