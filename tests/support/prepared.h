// Runs one operator through its planned kernel.
#pragma once

#include <optional>

#include "kernels/epilogue.h"
#include "support/one_node.h"

namespace edgeopt::test {

struct Planned {
  Layout x_layout = Layout::kPlain;  // of input 0
  Layout y_layout = Layout::kPlain;  // of output 0
  std::vector<bool> constant = {};   // inputs that are known at preparation
  std::vector<EpilogueStep> epilogue = {};
  std::vector<Tensor> operands = {};  // of the epilogue, plain
};

// Output 0 in plain layout; nullopt when the operator declines.
std::optional<Tensor> run_planned(const OneNode& one, const Planned& planned);

// Expects the planned kernel of the operator to give what `compute` gives, in every layout (where
// `layouts` says so) and with every epilogue, with inputs from 1 on constant and not.
void expect_planned_as_computed(const OneNode& one, bool layouts);

}  // namespace edgeopt::test
