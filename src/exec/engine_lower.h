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
// * quantizers are FakeQuant nodes with entries that are added to `table` (engine_quantizers.h),
// * quantizers of what lies on their grid already are gone (engine_grids.h),
// * convolutions of quantized tensors work on codes (engine_codes.h),
// * x * Sigmoid(x) is Swish and x * HardSigmoid(x; 1/6, 1/2) is HardSwish; where the factor beside
// x
//   is quantized, attribute kGateEncoding is its key in the table.
// Ids of values and of the remaining nodes stay. The copy has no graph outputs. The encodings that
// are simulated stand in `table`, not in the options.
inline constexpr const char* kGateEncoding = "gate_encoding";
Graph lower_graph(const Graph& graph, int64_t opset, const EngineOptions& options,
                  const Wanted& wanted, QuantTable& table);

// The node gives its first input's elements in the same order: a copy or a reshape.
bool passes_through(const Graph& graph, const Node& node, const QuantTable* table);

}  // namespace edgeopt
