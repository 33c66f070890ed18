// The graph as the engine runs it: without what does nothing, with known groups of nodes joined.
#pragma once

#include <set>

#include "edgeopt/graph.h"
#include "exec/engine.h"

namespace edgeopt {

// What a caller of the engine wants of a graph.
struct Wanted {
  std::vector<ValueId> fetched;
  std::set<ValueId> kept;  // fetched or observed: must come to be as they are
};
Wanted wanted_of(const Graph& graph, const EngineOptions& options);

// A copy in which
// * nodes that lead to nothing wanted are gone,
// * users of a copy (Identity, FakeQuant that is not simulated, Dropout) read the original,
// * x * Sigmoid(x) is Swish and x * HardSigmoid(x; 1/6, 1/2) is HardSwish.
// Ids of values and of the remaining nodes stay. The copy has no graph outputs.
Graph lower_graph(const Graph& graph, const EngineOptions& options, const Wanted& wanted);

// The node gives its first input's elements in the same order: a copy or a reshape.
bool passes_through(const Graph& graph, const Node& node, const QuantTable* table);

}  // namespace edgeopt
