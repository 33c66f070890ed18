// Matrix products of float tensors: planned once, weights packed, then run many times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/epilogue.h"

namespace edgeopt {

// y = steps(a b + bias), row-major.
struct MatmulPlan {
  int64_t rows = 1;
  int64_t columns = 1;
  int64_t depth = 1;
  bool a_transposed = false;    // a is [depth][rows]
  bool b_transposed = false;    // b is [columns][depth]
  int64_t a_stride = 0;         // between rows of a as it lies in memory; 0: they are contiguous
  float alpha = 1;              // multiplies b
  const float* b = nullptr;     // nullptr: given at each run
  const float* bias = nullptr;  // `columns` floats, added to each row; nullptr: none
  std::vector<EpilogueStep> epilogue;
};

struct MatmulInputs {
  const float* a = nullptr;
  const float* b = nullptr;                // where the plan has none
  std::span<const float* const> operands;  // of the epilogue
  int64_t at = 0;  // where this product's result starts in y and in the operands
};

// run() may be called by several threads at a time, each with its own memory. `y` overlaps no input
// and no operand; `scratch` has scratch_bytes() and is aligned to 64 bytes.
class Matmul {
 public:
  virtual ~Matmul() = default;
  virtual size_t scratch_bytes() const = 0;
  virtual void run(const MatmulInputs& inputs, float* y, void* scratch) const = 0;
};

std::unique_ptr<Matmul> make_matmul(const MatmulPlan& plan);

}  // namespace edgeopt
