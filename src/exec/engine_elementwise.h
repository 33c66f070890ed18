// Kernels of elementwise nodes in any layout, for the engine's planner.
#pragma once

#include <memory>
#include <optional>

#include "exec/engine_chain.h"
#include "ops/kernel.h"

namespace edgeopt {

// The same protocol as Operator::prepare, for a node whose operator is elementwise (or a batch
// normalization): activations, arithmetic with broadcasting, scale and shift for each channel, each
// with an epilogue; any other elementwise operator through its `compute`, without one. Operands lie
// in the layout of the output. nullptr: declined.
std::unique_ptr<Kernel> prepare_elementwise(const PrepareContext& context, const Chains& chains);

}  // namespace edgeopt
