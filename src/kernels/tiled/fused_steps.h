// The part of an epilogue that is applied while a tile of the result is in registers, and the rest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/epilogue_step.h"
#include "kernels/tiled/reciprocal.h"

namespace edgeopt {

constexpr size_t kFusedOperands = 8;  // operands that can be added in registers

struct FusedStep {
  EpilogueStep::Kind kind = EpilogueStep::Kind::kRelu;
  float low = 0;  // of the input, for kClip and kFakeQuant; shift of kHardSigmoid
  float high = 0;
  float scale = 1;  // of the grid; slope of kLeakyRelu and kHardSigmoid
  Reciprocal reciprocal = {};
  size_t operand = 0;
  // Of kFakeQuant: what stands for each code, instead of the grid's values. Costly functions of a
  // quantized value become this.
  std::vector<float> table = {};
  // In place of `table` where such a function ends on a grid of at most 256 codes: for the code
  // that is n steps from zero, byte n mod 256 stands for (byte + first_step) * byte_scale.
  std::vector<uint8_t> bytes = {};
  // The same bytes as kernels want them that have only tables of 16: each row of 16 less (exclusive
  // or) the row before, but for rows 0 and 8; each twice.
  std::vector<uint8_t> byte_changes = {};
  float first_step = 0;
  float byte_scale = 1;
};

struct SplitEpilogue {
  std::vector<FusedStep> fused;    // first
  std::vector<EpilogueStep> rest;  // then, as an Epilogue
};

// Without `tables`, these and what follows are left to the rest: over many values at a time they
// are faster than for a tile by itself.
SplitEpilogue split_epilogue(std::span<const EpilogueStep> steps, bool tables = true);

}  // namespace edgeopt
