// Nodes that cost nothing: their output lies where their input lies.
#pragma once

#include <optional>

#include "exec/engine_builder.h"
#include "quant/table.h"

namespace edgeopt {

// Where the node's output lies if no element has to move: copies, reshapes (of plain memory, or of
// channels-last where batch and channels stay), transpositions between layouts. May convert the
// input of a reshape to plain. Nothing when the node needs a kernel.
std::optional<Place> alias_of(const Graph& graph, const Node& node, const InferredGraph& inferred,
                              const QuantTable* table, PlanBuilder& builder);

}  // namespace edgeopt
