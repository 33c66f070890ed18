// The nodes inside what edgeopt carries through: subgraphs of If, Loop, Scan and the model's
// functions. Read only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edgeopt/graph.h"

namespace edgeopt {

struct NestedNode {
  std::string name;
  std::string op_type;
  std::string domain;
  int64_t opset =
      0;  // of the ONNX domain where the function imports it; 0 in a subgraph: the model's
  std::string function;  // that holds the node; empty in a subgraph
};

// Nodes of the node's subgraphs, theirs included.
std::vector<NestedNode> subgraph_nodes(const Node& node);
// Nodes of the model's functions and of the subgraphs inside them.
std::vector<NestedNode> function_nodes(const Model& model);

}  // namespace edgeopt
