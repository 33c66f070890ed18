#include "kernels/tiled/fused_steps.h"

#include <limits>

namespace edgeopt {
namespace {

using Kind = EpilogueStep::Kind;

// False when the step does not go into registers.
bool fuse(const EpilogueStep& step, FusedStep& fused) {
  fused.kind = step.kind;
  fused.operand = step.operand;
  switch (step.kind) {
    case Kind::kRelu:
    case Kind::kSigmoid:
    case Kind::kTanh:
    case Kind::kHardSwish:
    case Kind::kSilu: return true;
    case Kind::kHardSigmoid:
      fused.scale = step.a;
      fused.low = step.b;
      return true;
    case Kind::kAdd: return step.operand < kFusedOperands;
    case Kind::kClip:
      fused.low = step.a;
      fused.high = step.b;
      return true;
    case Kind::kLeakyRelu: fused.scale = step.a; return true;
    case Kind::kFakeQuant:
      fused.scale = step.a;
      fused.inverse = 1 / step.a;
      fused.low = (step.low - step.b) * step.a;
      fused.high = (step.high - step.b) * step.a;
      return step.a > 0x1p-100F && step.a < 0x1p100F;
  }
  return false;
}

}  // namespace

SplitEpilogue split_epilogue(std::span<const EpilogueStep> steps) {
  SplitEpilogue split;
  for (const EpilogueStep& step : steps) {
    FusedStep fused;
    if (split.rest.empty() && fuse(step, fused)) {
      split.fused.push_back(fused);
    } else {
      split.rest.push_back(step);
    }
  }
  return split;
}

}  // namespace edgeopt
