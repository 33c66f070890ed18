// Quantizers that stand in the model itself.
#pragma once

#include "edgeopt/graph.h"
#include "exec/engine_lower.h"
#include "exec/shapes.h"

namespace edgeopt {

// Joins each QuantizeLinear and its DequantizeLinear to one FakeQuant node with an entry of its own
// in `table`, so that files with quantizers run as fast as a simulation; the results are the same.
// Joined are pairs on float32 tensors with one constant scale, whose codes (8 or 16 bits) nobody
// else reads.
void join_quantizers(Graph& graph, int64_t opset, const std::map<ValueId, Shape>& feed_shapes,
                     const Wanted& wanted, QuantTable& table);

}  // namespace edgeopt
