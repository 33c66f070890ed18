// Layers with weights, as passes and targets see them: which input is what, and which axis counts
// channels.
#pragma once

#include <cstdint>
#include <optional>

#include "edgeopt/graph.h"

namespace edgeopt {

// A node with a weight: Conv, ConvTranspose, Gemm, MatMul.
struct Layer {
  NodeId node;
  ValueId input;
  ValueId weight;       // a float constant
  ValueId bias;         // invalid when there is none
  int output_axis = 0;  // of the weight: output channels (of one group for ConvTranspose)
  int input_axis = 0;   // of the weight: input channels (of one group for Conv)
  int64_t groups = 1;
};

// nullopt when the node has no weight input or its weight is not a float constant of rank 2 or
// more.
std::optional<Layer> layer_of(const Graph& graph, NodeId id);

// A normalization: input 1 is a scale for each channel, input 2, where there is one, a shift.
bool is_normalization(const Node& node);

}  // namespace edgeopt
