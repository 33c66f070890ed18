#include "kernels/tiled/fused_steps.h"

#include "kernels/epilogue.h"

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
    case Kind::kTanh: return true;
    case Kind::kHardSwish:
    case Kind::kSilu: return step.a <= 0;
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

bool is_costly(const EpilogueStep& step) {
  switch (step.kind) {
    case Kind::kSigmoid:
    case Kind::kTanh:
    case Kind::kHardSigmoid:
    case Kind::kHardSwish:
    case Kind::kSilu: return true;
    default: return false;
  }
}

constexpr float kLargestTable = 256;

// The steps from the first on, a kFakeQuant, that one table stands for; 0: none is worth it.
size_t steps_of_table(std::span<const EpilogueStep> steps) {
  if (steps[0].kind != Kind::kFakeQuant || steps[0].high - steps[0].low >= kLargestTable) return 0;
  size_t count = 1;
  bool worth = false;
  for (; count < steps.size() && steps[count].kind != Kind::kAdd; ++count) {
    worth = worth || is_costly(steps[count]);
  }
  return worth ? count : 0;
}

std::vector<float> table_of(std::span<const EpilogueStep> steps) {
  const EpilogueStep& grid = steps[0];
  std::vector<float> table;
  for (float code = grid.low; code <= grid.high; ++code) {
    table.push_back((code - grid.b) * grid.a);
  }
  apply_plainly(table.data(), table.data(), 0, static_cast<int64_t>(table.size()), steps.subspan(1),
                {});
  return table;
}

}  // namespace

SplitEpilogue split_epilogue(std::span<const EpilogueStep> steps) {
  SplitEpilogue split;
  size_t at = 0;
  for (; at < steps.size(); ++at) {
    FusedStep fused;
    if (!fuse(steps[at], fused)) break;
    if (const size_t count = steps_of_table(steps.subspan(at)); count > 0) {
      fused.table = table_of(steps.subspan(at, count));
      at += count - 1;
    }
    split.fused.push_back(std::move(fused));
  }
  split.rest.assign(steps.begin() + static_cast<std::ptrdiff_t>(at), steps.end());
  return split;
}

}  // namespace edgeopt
