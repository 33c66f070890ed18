// Convolutions between quantizers, on 8-bit codes instead of floats.
#pragma once

#include "edgeopt/graph.h"
#include "exec/engine_lower.h"
#include "exec/shapes.h"

namespace edgeopt {

// Where the processor multiplies bytes: makes each Conv of a simulated 8-bit tensor and simulated
// weights a QuantizedConv, with a QuantizeLinear in front that gives the codes. The result is that
// of the Conv without the rounding of its sums. What moves quantized elements to such convolutions
// alone moves codes. Left alone are grids of fewer codes than 256, weights whose codes do not fit
// int8, and whatever has no fast kernel. `threads` as EngineOptions has them.
void convolve_codes(Graph& graph, int64_t opset, const std::map<ValueId, Shape>& feed_shapes,
                    const Wanted& wanted, const QuantTable& table, int threads);

}  // namespace edgeopt
