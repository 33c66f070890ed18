// The part of an epilogue that is applied while a tile of the result is in registers, and the rest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/epilogue_step.h"

namespace edgeopt {

constexpr size_t kFusedOperands = 8;  // operands that can be added in registers

struct FusedStep {
  EpilogueStep::Kind kind = EpilogueStep::Kind::kRelu;
  float low = 0;  // of the input, for kClip and kFakeQuant; shift of kHardSigmoid
  float high = 0;
  float scale = 1;    // of the grid; slope of kLeakyRelu and kHardSigmoid
  float inverse = 1;  // 1 / scale
  size_t operand = 0;
  // Of kFakeQuant: what stands for each code, instead of the grid's values. Costly functions of a
  // quantized value become this.
  std::vector<float> table = {};
};

struct SplitEpilogue {
  std::vector<FusedStep> fused;    // first
  std::vector<EpilogueStep> rest;  // then, with apply_plainly
};

SplitEpilogue split_epilogue(std::span<const EpilogueStep> steps);

// The steps one after the other, by plain loops: y[i] for first <= i < first + count. `y` may be
// `x` or an operand.
void apply_plainly(const float* x, float* y, int64_t first, int64_t count,
                   std::span<const EpilogueStep> steps, std::span<const float* const> operands);

}  // namespace edgeopt
