// Floats to 8-bit codes, behind the steps of an epilogue, in one pass.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "kernels/epilogue.h"
#include "kernels/fake_quantize.h"

namespace edgeopt {

// The kFakeQuant step of a grid.
EpilogueStep quantizer_step(const Grid& grid);

// Codes of a grid with low >= 0 and high <= 255.
class Encoder {
 public:
  Encoder() = default;
  Encoder(std::span<const EpilogueStep> steps, const Grid& grid);

  // y[i] = the code of the steps applied to x[i], for first <= i < first + count; operands[k][i]
  // belongs to x[i].
  void run(const float* x, uint8_t* y, int64_t first, int64_t count,
           std::span<const float* const> operands) const;

 private:
  void run_plainly(const float* x, uint8_t* y, int64_t first, int64_t count,
                   std::span<const float* const> operands) const;

  std::vector<EpilogueStep> steps_;
  Grid grid_;
  std::vector<FusedStep> fused_;  // the steps, then the grid; empty: they cannot be fused
};

// What steps without operands make of each code of one grid, as codes of another.
using CodeTable = std::array<uint8_t, 256>;
CodeTable code_table(const Grid& from, std::span<const EpilogueStep> steps, const Grid& to);

// y[i] = table[y[i]].
void translate(const CodeTable& table, uint8_t* y, int64_t count);

}  // namespace edgeopt
