// Epilogues that the tests of kernels go through.
#pragma once

#include <string>
#include <vector>

#include "kernels/epilogue.h"

namespace edgeopt::test {

struct NamedEpilogue {
  std::string name;
  std::vector<EpilogueStep> steps;
};

// Every kind by itself, and the orders that occur: quantized before and after an addition, an
// activation behind it.
inline std::vector<NamedEpilogue> all_epilogues() {
  using Kind = EpilogueStep::Kind;
  const EpilogueStep quantize = {Kind::kFakeQuant, 0.05F, 117, 0, 255, 0};
  const EpilogueStep symmetric = {Kind::kFakeQuant, 0.031F, 0, -127, 127, 0};
  const EpilogueStep relu = {Kind::kRelu};
  const EpilogueStep add = {Kind::kAdd, 0, 0, 0, 0, 1};
  return {{"none", {}},
          {"relu", {relu}},
          {"clip", {{Kind::kClip, -0.3F, 0.7F}}},
          {"leaky relu", {{Kind::kLeakyRelu, 0.1F}}},
          {"sigmoid", {{Kind::kSigmoid}}},
          {"tanh", {{Kind::kTanh}}},
          {"hard sigmoid", {{Kind::kHardSigmoid, 0.2F, 0.5F}}},
          {"hard swish", {{Kind::kHardSwish}}},
          {"silu", {{Kind::kSilu}}},
          {"add", {add}},
          {"fake quantize", {quantize}},
          {"relu, fake quantize", {relu, quantize}},
          {"fake quantize, add, relu, fake quantize", {symmetric, add, relu, quantize}},
          {"silu, fake quantize", {{Kind::kSilu}, quantize}},
          {"add, silu, add", {add, {Kind::kSilu}, {Kind::kAdd, 0, 0, 0, 0, 0}}}};
}

// Kinds whose result is not defined bit by bit.
inline bool rounds_freely(const EpilogueStep& step) {
  using Kind = EpilogueStep::Kind;
  return step.kind == Kind::kSigmoid || step.kind == Kind::kTanh || step.kind == Kind::kSilu;
}

}  // namespace edgeopt::test
