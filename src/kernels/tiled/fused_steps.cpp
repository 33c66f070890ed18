#include "kernels/tiled/fused_steps.h"

#include "kernels/epilogue.h"
#include "kernels/fake_quantize.h"

namespace edgeopt {
namespace {

using Kind = EpilogueStep::Kind;

bool fuse_grid(const EpilogueStep& step, FusedStep& fused) {
  if (!(step.a > 0x1p-100F && step.a < 0x1p100F)) return false;
  const float lowest = step.low - step.b;
  const float highest = step.high - step.b;
  const auto reciprocal =
      reciprocal_of(step.a, static_cast<int32_t>(lowest), static_cast<int32_t>(highest));
  if (!reciprocal) return false;
  fused.scale = step.a;
  fused.reciprocal = *reciprocal;
  fused.low = lowest * step.a;
  fused.high = highest * step.a;
  return true;
}

// False when the step does not go into registers.
bool fuse(const EpilogueStep& step, FusedStep& fused) {
  fused.kind = step.kind;
  fused.operand = step.operand;
  switch (step.kind) {
    case Kind::kRelu:
    case Kind::kSigmoid:
    case Kind::kTanh:
    case Kind::kErf:
    case Kind::kGelu: return true;
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
    case Kind::kFakeQuant: return fuse_grid(step, fused);
  }
  return false;
}

bool is_costly(const EpilogueStep& step) {
  switch (step.kind) {
    case Kind::kSigmoid:
    case Kind::kTanh:
    case Kind::kErf:
    case Kind::kGelu:
    case Kind::kHardSigmoid:
    case Kind::kHardSwish:
    case Kind::kSilu: return true;
    default: return false;
  }
}

constexpr float kLargestTable = 256;

bool is_byte_grid(const EpilogueStep& step) {
  return step.kind == Kind::kFakeQuant && step.high - step.low < kLargestTable;
}

// The steps from the first on, a kFakeQuant, that one table stands for; 0: none is worth it.
size_t steps_of_table(std::span<const EpilogueStep> steps) {
  if (!is_byte_grid(steps[0])) return 0;
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

void set_bytes(const EpilogueStep& from, const EpilogueStep& to, FusedStep& fused) {
  const auto count = static_cast<int64_t>(fused.table.size());
  const Grid grid = {to.a, static_cast<int32_t>(to.b), static_cast<int32_t>(to.low),
                     static_cast<int32_t>(to.high)};
  std::vector<int32_t> codes(fused.table.size());
  quantize(fused.table.data(), codes.data(), count, grid);
  fused.bytes.assign(256, 0);
  const auto first = static_cast<int32_t>(from.low - from.b);
  for (int32_t i = 0; i < count; ++i) {
    fused.bytes[static_cast<uint8_t>(first + i)] =
        static_cast<uint8_t>(codes[static_cast<size_t>(i)] - grid.low);
  }
  for (size_t i = 0; i < 512; ++i) {
    const size_t row = i / 32;
    const size_t at = row * 16 + i % 16;
    const bool starts = row % 8 == 0;
    const uint8_t before = starts ? uint8_t{0} : fused.bytes[at - 16];
    fused.byte_changes.push_back(static_cast<uint8_t>(fused.bytes[at] ^ before));
  }
  fused.first_step = to.low - to.b;
  fused.byte_scale = to.a;
  fused.table.clear();
}

}  // namespace

SplitEpilogue split_epilogue(std::span<const EpilogueStep> steps, bool tables) {
  SplitEpilogue split;
  size_t at = 0;
  for (; at < steps.size(); ++at) {
    FusedStep fused;
    if (!fuse(steps[at], fused)) break;
    if (const size_t count = steps_of_table(steps.subspan(at)); count > 0) {
      if (!tables) break;
      fused.table = table_of(steps.subspan(at, count));
      const EpilogueStep& last = steps[at + count - 1];
      if (is_byte_grid(last)) set_bytes(steps[at], last, fused);
      at += count - 1;
    }
    split.fused.push_back(std::move(fused));
  }
  split.rest.assign(steps.begin() + static_cast<std::ptrdiff_t>(at), steps.end());
  return split;
}

}  // namespace edgeopt
