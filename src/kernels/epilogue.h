// What is applied to each element of a result before it leaves the cache: activations, the residual
// addition, simulated quantization.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace edgeopt {

// One step applied to every element, in order.
struct EpilogueStep {
  enum class Kind {
    kRelu,
    kClip,       // clamp to [a, b]
    kLeakyRelu,  // x < 0 ? a x : x
    kSigmoid,
    kTanh,
    kHardSigmoid,  // clamp(a x + b, 0, 1)
    kHardSwish,    // x * clamp(x / 6 + 0.5, 0, 1)
    kSilu,         // x * sigmoid(x)
    kAdd,          // + another tensor of the result's shape and layout: number `operand`
    kFakeQuant,    // a * (clamp(round_half_even(x / a) + b, low, high) - b); a = scale, b = zero
                   // point
  };
  Kind kind = Kind::kRelu;
  float a = 0;
  float b = 0;
  float low = 0;
  float high = 0;
  size_t operand = 0;
};

// y = the steps applied to x. `y` may be `x` or one of the operands; operands[k][i] belongs to
// x[i].
void apply_epilogue(const float* x, float* y, int64_t count, std::span<const EpilogueStep> steps,
                    std::span<const float* const> operands);

// The same in place for elements first .. first + count - 1 of a whole result `y`. No operand
// overlaps y; operands[k][i] belongs to y[i].
void apply_epilogue_to(float* y, int64_t first, int64_t count, std::span<const EpilogueStep> steps,
                       std::span<const float* const> operands);

}  // namespace edgeopt
