// Multiply-accumulates of layers and matrix products.
#pragma once

#include <cstdint>

#include "data/data_source.h"
#include "edgeopt/graph.h"
#include "exec/shapes.h"

namespace edgeopt {

// Of one node, for the shapes in `types`; 0 for other operators and where shapes are not known.
int64_t macs_of(const Node& node, const InferredGraph& types);

// Of one sample through the whole model.
int64_t count_macs(const Model& model, const InputShapes& shapes);

}  // namespace edgeopt
