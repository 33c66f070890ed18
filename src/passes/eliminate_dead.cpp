// eliminate-dead: what reaches no output goes: nodes, constants, and the declarations of values
// that are gone. Graph inputs stay, used or not: they are the model's interface.
#include <algorithm>
#include <map>

#include "ir/unused.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

bool is_dead(const Graph& graph, const Node& node) {
  return std::all_of(node.outputs.begin(), node.outputs.end(), [&](ValueId output) {
    return !output.valid() || graph.use_count(output) == 0;
  });
}

// Backwards, so that what only dead nodes read is dead when its turn comes.
int64_t remove_nodes(Graph& graph) {
  std::vector<NodeId> order = graph.topological_order();
  std::reverse(order.begin(), order.end());
  int64_t changes = 0;
  for (const NodeId id : order) {
    if (!is_dead(graph, graph.node(id))) continue;
    for (const ValueId output : graph.node(id).outputs) {
      if (output.valid()) graph.set_info(output, {}, false);
    }
    graph.remove_node(id);
    ++changes;
  }
  return changes;
}

// Outputs that may be left out and that nobody reads.
int64_t drop_optional_outputs(Graph& graph) {
  static constexpr std::string_view kOptional[] = {"Dropout", "MaxPool", "LSTM",
                                                   "GRU",     "RNN",     "LayerNormalization"};
  int64_t changes = 0;
  for (const NodeId id : graph.topological_order()) {
    const Node& node = graph.node(id);
    if (std::none_of(std::begin(kOptional), std::end(kOptional),
                     [&](std::string_view op) { return is_op(node, op); })) {
      continue;
    }
    size_t kept = node.outputs.size();
    while (kept > 1 &&
           (!node.outputs[kept - 1].valid() || graph.use_count(node.outputs[kept - 1]) == 0)) {
      --kept;
    }
    if (kept == node.outputs.size()) continue;
    keep_outputs(graph, id, kept);
    ++changes;
  }
  return changes;
}

int64_t run(Model& model, QuantTable&, PassContext&, const OptionValues&) {
  int64_t changes = remove_nodes(model.graph);
  changes += remove_unused_constants(model.graph);
  return changes + drop_optional_outputs(model.graph);
}

}  // namespace

extern const Pass pass_eliminate_dead = {
    .name = "eliminate-dead",
    .summary = "remove nodes and constants that reach no output",
    .options = {},
    .run = run,
};

}  // namespace edgeopt
