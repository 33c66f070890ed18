// canonicalize: one form of each thing, so that later passes and targets look for one form only.
// Nodes that do nothing go, chains become one node, arithmetic with constants moves into layers,
// and every node gets a name of its own, because reports and encodings refer to it.
#include <array>
#include <map>
#include <set>

#include "base/format.h"
#include "passes/canonical/rules.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

using RuleTable = std::multimap<std::string_view, const CanonicalRule*>;

const RuleTable& rules_by_operator() {
  static const RuleTable table = [] {
    RuleTable made;
    for (const auto rules : {identity_rules(), shape_rules(), clamp_rules(), padding_rules(),
                             layer_rules(), product_rules()}) {
      for (const CanonicalRule& rule : rules) made.emplace(rule.op_type, &rule);
    }
    return made;
  }();
  return table;
}

// Tries the rules until none of them changes the node.
int64_t rewrite_node(Graph& graph, const KnownValues& known, NodeId id) {
  int64_t changes = 0;
  for (bool again = true; again && graph.alive(id);) {
    again = false;
    const std::string op_type = graph.node(id).op_type;
    const auto [first, last] = rules_by_operator().equal_range(op_type);
    for (auto rule = first; rule != last && !again; ++rule) {
      again = rule->second->apply(graph, known, id);
      changes += again ? 1 : 0;
    }
  }
  return changes;
}

// Each sweep takes whole chains, since what comes first is rewritten first; further sweeps see what
// the last one laid bare.
int64_t rewrite(Model& model, const PassContext& context) {
  Graph& graph = model.graph;
  int64_t total = 0;
  for (int64_t changes = 1; changes > 0; total += changes) {
    changes = 0;
    const KnownValues known(model, context);
    for (const NodeId id : graph.topological_order()) {
      if (!graph.alive(id) || !is_op(graph.node(id), graph.node(id).op_type)) continue;
      changes += rewrite_node(graph, known, id);
    }
  }
  return total;
}

// Unnamed nodes are called by their operator and a number; of nodes with one name the first keeps
// it.
int64_t name_nodes(Graph& graph) {
  const std::vector<NodeId> order = graph.topological_order();
  std::set<std::string> taken;
  for (const NodeId id : order) taken.insert(graph.node(id).name);
  std::set<std::string> seen;
  std::map<std::string, int64_t> numbers;
  int64_t changes = 0;
  for (const NodeId id : order) {
    const Node& node = graph.node(id);
    if (!node.name.empty() && seen.insert(node.name).second) continue;
    const std::string stem = node.name.empty() ? node.op_type : node.name;
    std::string name;
    do {
      name = format("{}_{}", stem, numbers[stem]++);
    } while (!taken.insert(name).second);
    graph.edit(id).name = name;
    seen.insert(name);
    ++changes;
  }
  return changes;
}

int64_t run(Model& model, QuantTable&, PassContext& context, const OptionValues&) {
  const int64_t changes = rewrite(model, context);
  return changes + name_nodes(model.graph);
}

}  // namespace

extern const Pass pass_canonicalize = {
    .name = "canonicalize",
    .summary = "bring nodes to one form: drop what does nothing, merge chains, name nodes",
    .options = {},
    .run = run,
};

}  // namespace edgeopt
