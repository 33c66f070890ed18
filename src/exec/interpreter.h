// Runs a graph node by node with Operator::infer and Operator::compute. Slow and simple: the
// reference for the engine, and the way to run graphs whose shapes depend on data.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "edgeopt/graph.h"
#include "quant/table.h"

namespace edgeopt {

struct InterpretOptions {
  // FakeQuant nodes simulate with these encodings; nullptr: they pass their input through.
  const QuantTable* table = nullptr;
  // Called with each value as it is made.
  std::function<void(ValueId, const Tensor&)> on_value;
};

// `feeds` by input name; values are freed after their last use. Returns the graph outputs in order.
// Throws Error(kUnsupported) naming the first node of an unknown operator, Error(kBadInput) when a
// feed is missing.
std::vector<Tensor> interpret(const Graph& graph, int64_t opset,
                              const std::map<std::string, Tensor>& feeds,
                              const InterpretOptions& options = {});

}  // namespace edgeopt
