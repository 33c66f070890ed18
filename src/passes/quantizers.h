// The FakeQuant nodes of a graph, sorted by what they quantize.
#pragma once

#include <string>
#include <vector>

#include "edgeopt/graph.h"
#include "quant/table.h"

namespace edgeopt {

struct Quantizer {
  NodeId node;
  ValueId input;
  ValueId output;
  std::string key;        // of its entry in the table
  bool primary = true;    // its input's range decides the entry
  bool constant = false;  // of a weight, a bias or a constant operand
};

// In topological order. Throws Error(kBadInput) naming the node when it has no entry in `table`.
std::vector<Quantizer> quantizers_of(const Graph& graph, const QuantTable& table);

}  // namespace edgeopt
