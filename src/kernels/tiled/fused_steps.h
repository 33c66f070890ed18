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
  std::vector<EpilogueStep> rest;  // then, as an Epilogue
};

SplitEpilogue split_epilogue(std::span<const EpilogueStep> steps);

}  // namespace edgeopt
