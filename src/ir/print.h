// A graph as text: for golden files and debugging. Equal graphs print equally; one line for each
// input, constant and node, nodes in topological order, attributes sorted by name.
#pragma once

#include <string>

#include "edgeopt/graph.h"

namespace edgeopt {

// "float[N,3,32,32]"; "?" for what is not known.
std::string print_type(const ValueType& type);

//   input x: float[N,3,32,32]
//   constant w: float[16,3,3,3] #1f0e9a44c0de1234
//   constant axes: int64[2] {1, 2}
//   y = Conv 'layer1' (x, w, -) {strides: [1, 1]}
//   output y: float[N,16,32,32]
// Constants of up to eight elements are spelled out, larger ones stand as a hash of their bytes.
std::string print_graph(const Graph& graph);

}  // namespace edgeopt
