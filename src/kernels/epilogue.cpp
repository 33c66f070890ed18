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

// Without a kernel set: step by step.
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

void apply_steps(const float* x, float* y, int64_t first, int64_t count,
                 std::span<const EpilogueStep> steps, std::span<const float* const> operands) {
  const KernelSet* kernels = kernel_set();
  const SplitEpilogue split = kernels != nullptr ? split_epilogue(steps) : SplitEpilogue();
  if (kernels == nullptr || !split.rest.empty()) {
    return apply_plainly(x, y, first, count, steps, operands);
  }
  StepsJob job;
  job.x = x;
  job.y = y;
  job.first = first;
  job.last = first + count;
  job.steps = split.fused.data();
  job.step_count = static_cast<int64_t>(split.fused.size());
  job.operands = operands.data();
  kernels->steps(job);
}

}  // namespace

void apply_epilogue(const float* x, float* y, int64_t count, std::span<const EpilogueStep> steps,
                    std::span<const float* const> operands) {
  apply_steps(x, y, 0, count, steps, operands);
}

void apply_epilogue_to(float* y, int64_t first, int64_t count, std::span<const EpilogueStep> steps,
                       std::span<const float* const> operands) {
  if (!steps.empty()) apply_steps(y, y, first, count, steps, operands);
}

}  // namespace edgeopt
