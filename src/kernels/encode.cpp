#include "kernels/encode.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>

#include "kernels/tiled/kernel_set.h"

namespace edgeopt {
namespace {

constexpr int64_t kBlock = 2048;

#if defined(__x86_64__)
// Whole vectors of 64 bytes; how many bytes that were. A permutation picks from two vectors by
// seven bits of each index; the eighth chooses between two of them.
__attribute__((target("avx512f,avx512bw,avx512vbmi"))) int64_t translate_vectors(
    const CodeTable& table, uint8_t* y, int64_t count) {
  const __m512i first = _mm512_loadu_si512(table.data());
  const __m512i second = _mm512_loadu_si512(table.data() + 64);
  const __m512i third = _mm512_loadu_si512(table.data() + 128);
  const __m512i fourth = _mm512_loadu_si512(table.data() + 192);
  int64_t i = 0;
  for (; i + 64 <= count; i += 64) {
    const __m512i code = _mm512_loadu_si512(y + i);
    const __m512i low = _mm512_permutex2var_epi8(first, code, second);
    const __m512i high = _mm512_permutex2var_epi8(third, code, fourth);
    _mm512_storeu_si512(y + i, _mm512_mask_blend_epi8(_mm512_movepi8_mask(code), low, high));
  }
  return i;
}
#endif

}  // namespace

EpilogueStep quantizer_step(const Grid& grid) {
  return {.kind = EpilogueStep::Kind::kFakeQuant,
          .a = grid.scale,
          .b = static_cast<float>(grid.zero_point),
          .low = static_cast<float>(grid.low),
          .high = static_cast<float>(grid.high)};
}

Encoder::Encoder(std::span<const EpilogueStep> steps, const Grid& grid)
    : steps_(steps.begin(), steps.end()), grid_(grid) {
  if (kernel_set() == nullptr) return;
  SplitEpilogue before = split_epilogue(steps_);
  const EpilogueStep last[] = {quantizer_step(grid)};
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
  int64_t done = 0;
#if defined(__x86_64__)
  static const bool permutes =
      __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw");
  if (permutes) done = translate_vectors(table, y, count);
#endif
  for (; done < count; ++done) y[done] = table[y[done]];
}

}  // namespace edgeopt
