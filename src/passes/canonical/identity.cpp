// Nodes that hand their input on, and sums of one or two.
#include <algorithm>

#include "passes/canonical/rules.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

bool drop(Graph& graph, NodeId id) {
  if (!can_bypass(graph, id)) return false;
  bypass(graph, id);
  return true;
}

bool drop_identity(Graph& graph, const KnownValues&, NodeId id) { return drop(graph, id); }

bool drop_dropout(Graph& graph, const KnownValues&, NodeId id) {
  const ValueId training = input_of(graph.node(id), 2);
  const Tensor* flag = graph.constant(training);
  if (training.valid() && (flag == nullptr || *flag->data<uint8_t>() != 0)) return false;
  return drop(graph, id);
}

bool drop_cast(Graph& graph, const KnownValues& known, NodeId id) {
  const auto type = static_cast<int64_t>(known.type(input_of(graph.node(id), 0)));
  if (type == 0 || graph.node(id).int_or("to", -1) != type) return false;
  return drop(graph, id);
}

bool drop_single(Graph& graph, const KnownValues&, NodeId id) {
  return graph.node(id).inputs.size() == 1 && drop(graph, id);
}

bool sum_to_add(Graph& graph, const KnownValues& known, NodeId id) {
  if (graph.node(id).inputs.size() != 2) return drop_single(graph, known, id);
  graph.edit(id).op_type = "Add";
  return true;
}

bool drop_pad(Graph& graph, const KnownValues&, NodeId id) {
  const auto pads = constant_ints(graph, input_of(graph.node(id), 1));
  if (!pads || std::count(pads->begin(), pads->end(), 0) != std::ssize(*pads)) return false;
  return drop(graph, id);
}

bool keeps_shape(const Graph& graph, const KnownValues& known, NodeId id) {
  const Node& node = graph.node(id);
  return known.same_shape(input_of(node, 0), node.outputs.at(0));
}

bool drop_slice(Graph& graph, const KnownValues& known, NodeId id) {
  const ValueId steps = input_of(graph.node(id), 4);
  const auto values = constant_ints(graph, steps);
  if (steps.valid() &&
      (!values || std::count(values->begin(), values->end(), 1) != std::ssize(*values))) {
    return false;
  }
  return keeps_shape(graph, known, id) && drop(graph, id);
}

bool drop_same_shape(Graph& graph, const KnownValues& known, NodeId id) {
  return keeps_shape(graph, known, id) && drop(graph, id);
}

constexpr CanonicalRule kRules[] = {
    {"Identity", drop_identity},
    {"Dropout", drop_dropout},
    {"Cast", drop_cast},
    {"Concat", drop_single},
    {"Mean", drop_single},
    {"Sum", sum_to_add},
    {"Pad", drop_pad},
    {"Slice", drop_slice},
    {"Reshape", drop_same_shape},
    {"Flatten", drop_same_shape},
    {"Expand", drop_same_shape},
    {"Tile", drop_same_shape},
    {"Squeeze", drop_same_shape},
    {"Unsqueeze", drop_same_shape},
};

}  // namespace

std::span<const CanonicalRule> identity_rules() { return kRules; }

}  // namespace edgeopt
