// The steps of an epilogue by their definitions, one element at a time.
#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/epilogue.h"

namespace edgeopt::test {

// `operand` is the element that kAdd adds. Exact where the step is made of float operations.
inline float reference_step(const EpilogueStep& step, float x, float operand) {
  using Kind = EpilogueStep::Kind;
  const double wide = x;
  switch (step.kind) {
    case Kind::kRelu: return std::max(x, 0.0F);
    case Kind::kClip: return std::min(std::max(x, step.a), step.b);
    case Kind::kLeakyRelu: return x < 0 ? step.a * x : x;
    case Kind::kSigmoid: return static_cast<float>(1 / (1 + std::exp(-wide)));
    case Kind::kTanh: return static_cast<float>(std::tanh(wide));
    case Kind::kErf: return static_cast<float>(std::erf(wide));
    case Kind::kGelu: return static_cast<float>(wide / 2 * std::erfc(-wide * std::sqrt(0.5)));
    case Kind::kHardSigmoid: return std::clamp(step.a * x + step.b, 0.0F, 1.0F);
    case Kind::kHardSwish: return x * std::clamp(x / 6 + 0.5F, 0.0F, 1.0F);
    case Kind::kSilu: return static_cast<float>(wide / (1 + std::exp(-wide)));
    case Kind::kAdd: return x + operand;
    case Kind::kFakeQuant: {
      const double code = std::nearbyint(static_cast<double>(x / step.a)) + step.b;
      return static_cast<float>(std::clamp<double>(code, step.low, step.high) - step.b) * step.a;
    }
  }
  return x;
}

}  // namespace edgeopt::test
