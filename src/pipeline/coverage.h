// Which nodes of a model are quantized, and why the others are not.
#pragma once

#include <string>
#include <vector>

#include "edgeopt/graph.h"
#include "exec/shapes.h"
#include "targets/target.h"

namespace edgeopt {

struct NodeCoverage {
  enum class State {
    kQuantized,
    kFloat,
    kNeither,  // integers, shape arithmetic, quantizers themselves
  };
  State state = State::kNeither;
  std::string why;  // of kFloat and kNeither
};

// By NodeId::index, for a graph with FakeQuant nodes.
std::vector<NodeCoverage> coverage_of(const Graph& simulated, const InferredGraph& types,
                                      const QuantPolicy& policy,
                                      const std::vector<std::string>& skipped);

// Globs that match the name of no node in `graph`.
std::vector<std::string> unmatched_globs(const Graph& graph, const std::vector<std::string>& globs);

}  // namespace edgeopt
