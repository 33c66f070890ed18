// Whether a graph keeps its own rules. Run after each pass, so that a pass that breaks a graph is
// named at once.
#pragma once

#include <string>
#include <vector>

#include "edgeopt/graph.h"

namespace edgeopt {

// One line for each broken rule; empty when all hold:
// * uses, inputs and producers say the same; a value has one source at most;
// * every value that is read is a graph input, a constant, made by a node, or named in what the
//   graph carries through (sparse initializers);
// * names of values are unique; there is no cycle.
// Linear in nodes and edges.
std::vector<std::string> graph_problems(const Graph& graph);

// Throws Error(kInternal) with the first problem, saying that `culprit` ("pass fold-constants")
// broke the graph.
void verify_graph(const Graph& graph, const std::string& culprit);

}  // namespace edgeopt
