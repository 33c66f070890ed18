#include "kernels/epilogue.h"

#include <algorithm>
#include <cstring>

#include "kernels/fake_quantize.h"
#include "kernels/simd.h"
#include "kernels/tiled/kernel_set.h"
#include "kernels/transcendental.h"
#include "kernels/vector.h"

namespace edgeopt {
namespace {

using Kind = EpilogueStep::Kind;

// Floats that go through all steps before the next ones: they stay in the first cache.
constexpr int64_t kBlock = 2048;

// A NaN stays a NaN in all of these, as it does in the operators.
EDGEOPT_SIMD void relu(float* y, int64_t count) {
  map_floats(y, y, count, [](Floats v) EDGEOPT_LAMBDA { return at_least(v, 0); });
}

EDGEOPT_SIMD void clip(float* y, int64_t count, float low, float high) {
  map_floats(y, y, count, [=](Floats v) EDGEOPT_LAMBDA { return at_most(at_least(v, low), high); });
}

EDGEOPT_SIMD void leaky_relu(float* y, int64_t count, float slope) {
  map_floats(y, y, count, [=](Floats v) EDGEOPT_LAMBDA { return v < 0 ? slope * v : v; });
}

EDGEOPT_SIMD void hard_sigmoid(float* y, int64_t count, float a, float b) {
  map_floats(y, y, count,
             [=](Floats v) EDGEOPT_LAMBDA { return at_most(at_least(a * v + b, 0), 1); });
}

EDGEOPT_SIMD void hard_swish(float* y, int64_t count) {
  map_floats(y, y, count,
             [](Floats v) EDGEOPT_LAMBDA { return v * at_most(at_least(v / 6.0F + 0.5F, 0), 1); });
}

EDGEOPT_SIMD void add(float* y, const float* other, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] += other[i];
}

void fake_quant(const EpilogueStep& step, float* y, int64_t count) {
  fake_quantize(y, y, count,
                {.scale = step.a,
                 .zero_point = static_cast<int32_t>(step.b),
                 .low = static_cast<int32_t>(step.low),
                 .high = static_cast<int32_t>(step.high)});
}

// y times what `gate` makes of it, at most kBlock elements.
template <typename Gate>
void gated(const EpilogueStep& step, float* y, int64_t count, Gate gate) {
  float factor[kBlock];
  std::copy_n(y, count, factor);
  gate(factor);
  if (step.a > 0) fake_quant(step, factor, count);
  for (int64_t i = 0; i < count; ++i) y[i] *= factor[i];
}

void apply(const EpilogueStep& step, float* y, int64_t count, const float* operand) {
  switch (step.kind) {
    case Kind::kRelu: return relu(y, count);
    case Kind::kClip: return clip(y, count, step.a, step.b);
    case Kind::kLeakyRelu: return leaky_relu(y, count, step.a);
    case Kind::kSigmoid: return sigmoid(y, y, count);
    case Kind::kTanh: return tanh(y, y, count);
    case Kind::kErf: return erf(y, y, count);
    case Kind::kGelu: return gelu(y, y, count);
    case Kind::kHardSigmoid: return hard_sigmoid(y, count, step.a, step.b);
    case Kind::kHardSwish:
      if (step.a <= 0) return hard_swish(y, count);
      return gated(step, y, count, [=](float* f) { hard_sigmoid(f, count, 1.0F / 6, 0.5F); });
    case Kind::kSilu:
      if (step.a <= 0) return silu(y, y, count);
      return gated(step, y, count, [=](float* f) { sigmoid(f, f, count); });
    case Kind::kAdd: return add(y, operand, count);
    case Kind::kFakeQuant: return fake_quant(step, y, count);
  }
}

}  // namespace

void apply_plainly(const float* x, float* y, int64_t first, int64_t count,
                   std::span<const EpilogueStep> steps, std::span<const float* const> operands) {
  float block[kBlock];
  for (int64_t start = first; start < first + count; start += kBlock) {
    const int64_t length = std::min(kBlock, first + count - start);
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

Epilogue::Epilogue(std::span<const EpilogueStep> steps) : steps_(steps.begin(), steps.end()) {
  if (kernel_set() == nullptr) return;
  SplitEpilogue split = split_epilogue(steps);
  if (split.rest.empty()) fused_ = std::move(split.fused);
}

void Epilogue::apply(const float* x, float* y, int64_t first, int64_t count,
                     std::span<const float* const> operands) const {
  if (steps_.empty() && x == y) return;
  if (fused_.empty()) return apply_plainly(x, y, first, count, steps_, operands);
  kernel_set()->steps({x, y, first, first + count, fused_.data(),
                       static_cast<int64_t>(fused_.size()), operands.data()});
}

}  // namespace edgeopt
