// What planned float kernels share.
#pragma once

#include <array>
#include <span>

#include "ops/kernel.h"
#include "ops/window.h"

namespace edgeopt {

// Operands of an epilogue that a kernel passes on without allocating memory.
constexpr size_t kMostOperands = 8;

// One more than the highest operand number of the steps.
size_t operand_count(std::span<const EpilogueStep> steps);

// The inputs of Kernel::run behind the node's own, as the epilogue's operands.
class OperandPointers {
 public:
  OperandPointers(std::span<const void* const> inputs, size_t node_inputs);
  operator std::span<const float* const>() const { return std::span(pointers_).first(count_); }

 private:
  std::array<const float*, kMostOperands> pointers_ = {};
  size_t count_ = 0;
};

// A Complain for what was checked when shapes were inferred.
Complain complain_of(const PrepareContext& c);

// All floats, something to compute, few enough operands: the float kernels can serve.
bool floats_to_compute(const PrepareContext& c);

// Inputs from `first` on lie in the plain layout: weights, matrices.
bool inputs_are_plain(const PrepareContext& c, size_t first);

}  // namespace edgeopt
