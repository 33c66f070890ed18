// Epilogues that the tests of kernels go through.
#pragma once

#include <cmath>
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
          {"erf", {{Kind::kErf}}},
          {"gelu", {{Kind::kGelu}}},
          {"hard sigmoid", {{Kind::kHardSigmoid, 0.2F, 0.5F}}},
          {"hard swish", {{Kind::kHardSwish}}},
          {"silu", {{Kind::kSilu}}},
          {"clip, clip, clip",
           {{Kind::kClip, -0.3F, 0.7F}, {Kind::kClip, -0.2F, 2}, {Kind::kClip, -1, 0.5F}}},
          {"leaky relu, relu", {{Kind::kLeakyRelu, 0.1F}, relu}},
          {"relu, leaky relu, clip", {relu, {Kind::kLeakyRelu, 0.1F}, {Kind::kClip, 0.1F, 0.7F}}},
          {"add", {add}},
          {"fake quantize", {quantize}},
          {"relu, fake quantize", {relu, quantize}},
          {"clip, fake quantize", {{Kind::kClip, -0.3F, 0.7F}, symmetric}},
          {"fake quantize, fake quantize", {symmetric, quantize}},
          {"fake quantize, add, fake quantize", {symmetric, add, quantize}},
          {"fake quantize, add, relu, fake quantize", {symmetric, add, relu, quantize}},
          {"silu, fake quantize", {{Kind::kSilu}, quantize}},
          {"add, silu, add", {add, {Kind::kSilu}, {Kind::kAdd, 0, 0, 0, 0, 0}}}};
}

// Kinds whose result is not defined bit by bit.
inline bool rounds_freely(const EpilogueStep& step) {
  using Kind = EpilogueStep::Kind;
  return step.kind == Kind::kSigmoid || step.kind == Kind::kTanh || step.kind == Kind::kErf ||
         step.kind == Kind::kGelu || step.kind == Kind::kSilu;
}

// Within a few units in the last place of the border between two codes of a kFakeQuant, where a
// backend that multiplies by 1 / scale may take the other one.
inline bool on_border(const EpilogueStep& step, float x) {
  const double quotient = static_cast<double>(x) / static_cast<double>(step.a);
  const double border = std::floor(quotient) + 0.5;
  return std::fabs(quotient - border) < 3e-7 * std::fabs(quotient);
}

}  // namespace edgeopt::test
