#include <algorithm>
#include <array>

#include "base/format.h"
#include "ops/op.h"

namespace edgeopt {

#define EDGEOPT_OP(name) extern const Operator op_##name;
#include "ops/ops.def"
#undef EDGEOPT_OP

namespace {

constexpr std::array kOperators = {
#define EDGEOPT_OP(name) &op_##name,
#include "ops/ops.def"
#undef EDGEOPT_OP
};

using Table = std::array<const Operator*, kOperators.size()>;

bool precedes(const Operator* a, std::string_view domain, std::string_view name) {
  return a->domain != domain ? a->domain < domain : a->name < name;
}

const Table& sorted() {
  static const Table table = [] {
    Table made = kOperators;
    std::sort(made.begin(), made.end(),
              [](const Operator* a, const Operator* b) { return precedes(a, b->domain, b->name); });
    return made;
  }();
  return table;
}

}  // namespace

const Operator* find_operator(std::string_view name, std::string_view domain) {
  if (domain == "ai.onnx") domain = "";
  const Table& table = sorted();
  const auto found = std::partition_point(
      table.begin(), table.end(), [&](const Operator* op) { return precedes(op, domain, name); });
  if (found == table.end() || (*found)->name != name || (*found)->domain != domain) return nullptr;
  return *found;
}

const Operator* find_operator(const Node& node) { return find_operator(node.op_type, node.domain); }

std::span<const Operator* const> all_operators() { return sorted(); }

void require_node_forms(const Graph& graph) {
  for (const NodeId id : graph.topological_order()) {
    const Node& node = graph.node(id);
    const Operator* op = find_operator(node);
    if (op == nullptr) continue;
    const size_t required =
        std::max(op->required_inputs, static_cast<size_t>(op->traits.weight_input + 1));
    for (size_t i = 0; i < required; ++i) {
      if (i < node.inputs.size() && node.inputs[i].valid()) continue;
      fail(ErrorCode::kBadInput, "{}: input {} is missing", graph.describe(id), i);
    }
    if (node.outputs.empty() || !node.outputs[0].valid()) {
      fail(ErrorCode::kBadInput, "{}: has no output", graph.describe(id));
    }
  }
}

const OpTraits& traits_of(const Node& node) {
  static const OpTraits none;
  const Operator* op = find_operator(node);
  return op != nullptr ? op->traits : none;
}

bool moves_data(const Graph& graph, const Node& node) {
  const Operator* op = find_operator(node);
  if (op == nullptr || !op->traits.data_movement) return false;
  return op->moves_only == nullptr || op->moves_only(graph, node);
}

}  // namespace edgeopt
