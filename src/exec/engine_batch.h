// How many samples may and should run at a time.
#pragma once

#include "edgeopt/graph.h"
#include "exec/engine.h"

namespace edgeopt {

// A function of the model and the options alone, neither of the threads nor of the samples: a
// sample's result must not depend on them. 1 unless every input has an open batch dimension and
// every node of `graph` provably keeps the samples of a batch apart.
int64_t choose_micro_batch(const Graph& graph, int64_t opset, const EngineOptions& options);

}  // namespace edgeopt
