#include "kernels/epilogue.h"

#include <algorithm>
#include <cstring>

#include "kernels/fake_quantize.h"
#include "kernels/simd.h"
#include "kernels/transcendental.h"

namespace edgeopt {
namespace {

using Kind = EpilogueStep::Kind;

// Floats that go through all steps before the next ones: they stay in the first cache.
constexpr int64_t kBlock = 2048;

// A NaN stays a NaN in all of these, as it does in the operators.
EDGEOPT_SIMD void relu(float* y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] = y[i] < 0 ? 0 : y[i];
}

EDGEOPT_SIMD void clip(float* y, int64_t count, float low, float high) {
  for (int64_t i = 0; i < count; ++i) {
    const float v = y[i] < low ? low : y[i];
    y[i] = v > high ? high : v;
  }
}

EDGEOPT_SIMD void leaky_relu(float* y, int64_t count, float slope) {
  for (int64_t i = 0; i < count; ++i) y[i] = y[i] < 0 ? slope * y[i] : y[i];
}

EDGEOPT_SIMD void hard_sigmoid(float* y, int64_t count, float a, float b) {
  for (int64_t i = 0; i < count; ++i) {
    const float v = a * y[i] + b;
    const float low = v < 0 ? 0 : v;
    y[i] = low > 1 ? 1 : low;
  }
}

EDGEOPT_SIMD void hard_swish(float* y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const float v = y[i] / 6 + 0.5F;
    const float low = v < 0 ? 0 : v;
    y[i] *= low > 1 ? 1 : low;
  }
}

EDGEOPT_SIMD void add(float* y, const float* other, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] += other[i];
}

void apply(const EpilogueStep& step, float* y, int64_t count, const float* operand) {
  switch (step.kind) {
    case Kind::kRelu: return relu(y, count);
    case Kind::kClip: return clip(y, count, step.a, step.b);
    case Kind::kLeakyRelu: return leaky_relu(y, count, step.a);
    case Kind::kSigmoid: return sigmoid(y, y, count);
    case Kind::kTanh: return tanh(y, y, count);
    case Kind::kHardSigmoid: return hard_sigmoid(y, count, step.a, step.b);
    case Kind::kHardSwish: return hard_swish(y, count);
    case Kind::kSilu: return silu(y, y, count);
    case Kind::kAdd: return add(y, operand, count);
    case Kind::kFakeQuant:
      return fake_quantize(y, y, count,
                           {.scale = step.a,
                            .zero_point = static_cast<int32_t>(step.b),
                            .low = static_cast<int32_t>(step.low),
                            .high = static_cast<int32_t>(step.high)});
  }
}

}  // namespace

void apply_epilogue(const float* x, float* y, int64_t count, std::span<const EpilogueStep> steps,
                    std::span<const float* const> operands) {
  float block[kBlock];
  for (int64_t start = 0; start < count; start += kBlock) {
    const int64_t length = std::min(kBlock, count - start);
    const auto bytes = static_cast<size_t>(length) * sizeof(float);
    // Through a block of its own: y may be an operand that is read later.
    std::memcpy(block, x + start, bytes);
    for (const EpilogueStep& step : steps) {
      const bool adds = step.kind == Kind::kAdd;
      apply(step, block, length, adds ? operands[step.operand] + start : nullptr);
    }
    std::memcpy(y + start, block, bytes);
  }
}

void apply_epilogue_to(float* y, int64_t first, int64_t count, std::span<const EpilogueStep> steps,
                       std::span<const float* const> operands) {
  if (steps.empty()) return;
  for (int64_t start = first; start < first + count; start += kBlock) {
    const int64_t length = std::min(kBlock, first + count - start);
    for (const EpilogueStep& step : steps) {
      const bool adds = step.kind == Kind::kAdd;
      apply(step, y + start, length, adds ? operands[step.operand] + start : nullptr);
    }
  }
}

}  // namespace edgeopt
