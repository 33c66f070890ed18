// The steps behind a kernel's result, prepared once and applied many times.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/epilogue_step.h"
#include "kernels/tiled/fused_steps.h"

namespace edgeopt {

// y[i] = the steps applied to x[i] one after the other, by plain loops, for first <= i < first +
// count; operands[k][i] belongs to x[i]. `y` may be `x` or one of the operands.
void apply_plainly(const float* x, float* y, int64_t first, int64_t count,
                   std::span<const EpilogueStep> steps, std::span<const float* const> operands);

class Epilogue {
 public:
  Epilogue() = default;
  explicit Epilogue(std::span<const EpilogueStep> steps);
  bool empty() const { return steps_.empty(); }

  // The same in one pass, where the processor has a kernel set.
  void apply(const float* x, float* y, int64_t first, int64_t count,
             std::span<const float* const> operands) const;
  void apply_to(float* y, int64_t first, int64_t count,
                std::span<const float* const> operands) const {
    apply(y, y, first, count, operands);
  }

 private:
  std::vector<EpilogueStep> steps_;
  std::vector<FusedStep> fused_;  // the same; empty: they cannot be
};

}  // namespace edgeopt
