#include "kernels/encode.h"

#include <algorithm>

#include "kernels/tiled/kernel_set.h"

namespace edgeopt {
namespace {

constexpr int64_t kBlock = 2048;

EpilogueStep quantizer(const Grid& grid) {
  return {.kind = EpilogueStep::Kind::kFakeQuant,
          .a = grid.scale,
          .b = static_cast<float>(grid.zero_point),
          .low = static_cast<float>(grid.low),
          .high = static_cast<float>(grid.high)};
}

}  // namespace

Encoder::Encoder(std::span<const EpilogueStep> steps, const Grid& grid)
    : steps_(steps.begin(), steps.end()), grid_(grid) {
  if (kernel_set() == nullptr) return;
  SplitEpilogue before = split_epilogue(steps_);
  const EpilogueStep last[] = {quantizer(grid)};
  SplitEpilogue codes = split_epilogue(last);
  if (!before.rest.empty() || !codes.rest.empty()) return;
  fused_ = std::move(before.fused);
  fused_.push_back(std::move(codes.fused[0]));
}

void Encoder::run(const float* x, uint8_t* y, int64_t first, int64_t count,
                  std::span<const float* const> operands) const {
  if (fused_.empty()) return run_plainly(x, y, first, count, operands);
  kernel_set()->codes({{x, nullptr, first, first + count, fused_.data(),
                        static_cast<int64_t>(fused_.size()) - 1, operands.data()},
                       y,
                       static_cast<float>(grid_.zero_point)});
}

void Encoder::run_plainly(const float* x, uint8_t* y, int64_t first, int64_t count,
                          std::span<const float* const> operands) const {
  float values[kBlock];
  int32_t codes[kBlock];
  std::vector<const float*> shifted(operands.begin(), operands.end());
  for (int64_t start = first; start < first + count; start += kBlock) {
    const int64_t length = std::min(kBlock, first + count - start);
    for (size_t k = 0; k < shifted.size(); ++k) shifted[k] = operands[k] + start;
    apply_plainly(x + start, values, 0, length, steps_, shifted);
    quantize(values, codes, length, grid_);
    std::transform(codes, codes + length, y + start,
                   [](int32_t code) { return static_cast<uint8_t>(code); });
  }
}

CodeTable code_table(const Grid& from, std::span<const EpilogueStep> steps, const Grid& to) {
  CodeTable table = {};
  for (int32_t code = from.low; code <= from.high; ++code) {
    float value = static_cast<float>(code - from.zero_point) * from.scale;
    apply_plainly(&value, &value, 0, 1, steps, {});
    int32_t translated = 0;
    quantize(&value, &translated, 1, to);
    table[static_cast<size_t>(code)] = static_cast<uint8_t>(translated);
  }
  return table;
}

void translate(const CodeTable& table, uint8_t* y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] = table[y[i]];
}

}  // namespace edgeopt
