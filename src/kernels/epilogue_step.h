// What is applied to each element of a result before it leaves the cache: activations, the residual
// addition, simulated quantization.
#pragma once

#include <cstddef>

namespace edgeopt {

// One step applied to every element, in order.
struct EpilogueStep {
  enum class Kind {
    kRelu,
    kClip,       // clamp to [a, b]
    kLeakyRelu,  // x < 0 ? a x : x
    kSigmoid,
    kTanh,
    kErf,
    kGelu,         // x / 2 * (1 + erf(x / sqrt(2)))
    kHardSigmoid,  // clamp(a x + b, 0, 1)
    kHardSwish,    // x * clamp(x / 6 + 0.5, 0, 1)
    kSilu,         // x * sigmoid(x); for both, where a > 0, the factor beside x is fake-quantized
                   // as by kFakeQuant
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

}  // namespace edgeopt
