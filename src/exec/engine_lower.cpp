#include "exec/engine_lower.h"

#include <algorithm>
#include <cmath>

#include "exec/engine_codes.h"
#include "exec/engine_constants.h"
#include "exec/engine_grids.h"
#include "exec/engine_quantizers.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

class Lowering {
 public:
  Lowering(Graph& graph, int64_t opset, const EngineOptions& options, const Wanted& wanted,
           QuantTable& table)
      : graph_(graph), opset_(opset), options_(options), wanted_(wanted), table_(table) {}

  void run() {
    graph_.set_graph_outputs({});
    drop_dead();
    const std::map<ValueId, Shape> shapes = resolve_feed_shapes(graph_, options_.input_shapes, 1);
    join_quantizers(graph_, opset_, shapes, wanted_, table_);
    skip_repeated_quantizers(graph_, wanted_.kept, table_);
    for (const NodeId id : graph_.topological_order()) skip_copy(graph_.node(id));
    for (const NodeId id : graph_.topological_order()) {
      if (graph_.alive(id)) join_gate(graph_.node(id));
    }
    convolve_codes(graph_, opset_, shapes, wanted_, table_, options_.threads);
    drop_dead();
  }

 private:
  bool needed(ValueId id) const {
    return id.valid() && (wanted_.kept.contains(id) || !graph_.value(id).uses.empty());
  }

  void drop_dead() {
    const std::vector<NodeId> order = graph_.topological_order();
    for (auto id = order.rbegin(); id != order.rend(); ++id) {
      const std::vector<ValueId>& outputs = graph_.node(*id).outputs;
      const bool live =
          std::any_of(outputs.begin(), outputs.end(), [&](ValueId v) { return needed(v); });
      if (!live) graph_.remove_node(*id);
    }
  }

  // The node itself goes when nobody else wants its output.
  void skip_copy(const Node& node) {
    if (!traits_of(node).elementwise || !passes_through(graph_, node, &table_)) return;
    const ValueId from = node.inputs[0];
    const std::vector<Use> uses = graph_.value(node.outputs[0]).uses;
    for (const Use& use : uses) {
      if (use.input >= 0) graph_.set_input(use.node, static_cast<size_t>(use.input), from);
    }
    if (!needed(node.outputs[0])) graph_.remove_node(node.id);
  }

  // Mul(x, gate(x)), or Mul(x, FakeQuant(gate(x))).
  void join_gate(const Node& node) {
    if (node.op_type != "Mul" || !node.domain.empty()) return;
    for (size_t i = 0; i < 2; ++i) {
      const ValueId x = node.inputs[i];
      const auto gate = gate_of(x, node.inputs[1 - i]);
      if (!gate) continue;
      Node made;
      made.op_type = gate->joined;
      made.name = node.name;
      made.inputs = {x};
      made.outputs = {node.outputs[0]};
      if (!gate->encoding.empty()) made.attributes.push_back({kGateEncoding, gate->encoding});
      graph_.remove_node(node.id);
      for (const NodeId id : gate->nodes) graph_.remove_node(id);
      graph_.add_node(std::move(made));
      return;
    }
  }

  struct Gate {
    std::string joined;         // the operator that x * gated is
    std::string encoding;       // of the gate's result; empty: it is not quantized
    std::vector<NodeId> nodes;  // from the gated value back to x
  };

  // The only producer that nobody but one node needs.
  const Node* lone_producer(ValueId value) const {
    const NodeId producer = graph_.value(value).producer;
    const bool lone = producer.valid() && !wanted_.kept.contains(value) &&
                      graph_.only_user(value).valid() && !graph_.node(producer).inputs.empty();
    return lone ? &graph_.node(producer) : nullptr;
  }

  std::optional<Gate> gate_of(ValueId x, ValueId gated) const {
    Gate gate;
    const Node* node = lone_producer(gated);
    if (node == nullptr) return std::nullopt;
    const TensorEncoding* encoding = simulated_encoding(*node, &table_);
    if (encoding != nullptr) {
      if (encoding->scale.size() != 1 || encoding->spec.bits > 16) return std::nullopt;
      gate.encoding = node->string_or("encoding", "");
      gate.nodes.push_back(node->id);
      node = lone_producer(node->inputs[0]);
      if (node == nullptr) return std::nullopt;
    }
    if (!node->domain.empty() || node->inputs[0] != x) return std::nullopt;
    gate.nodes.push_back(node->id);
    gate.joined = joined_operator(*node);
    return gate.joined.empty() ? std::nullopt : std::optional(gate);
  }

  static std::string joined_operator(const Node& gate) {
    if (gate.op_type == "Sigmoid") return "Swish";
    const bool sixth = std::fabs(gate.float_or("alpha", 0.2F) - 1.0F / 6) < 1e-6F;
    const bool half = gate.float_or("beta", 0.5F) == 0.5F;
    return gate.op_type == "HardSigmoid" && sixth && half ? "HardSwish" : "";
  }

  Graph& graph_;
  int64_t opset_;
  const EngineOptions& options_;
  const Wanted& wanted_;
  QuantTable& table_;
};

}  // namespace

Wanted wanted_of(const Graph& graph, const EngineOptions& options) {
  Wanted wanted;
  wanted.fetched = options.fetched.empty() ? graph.outputs() : options.fetched;
  wanted.kept.insert(wanted.fetched.begin(), wanted.fetched.end());
  wanted.kept.insert(options.observed.begin(), options.observed.end());
  return wanted;
}

bool passes_through(const Graph& graph, const Node& node, const QuantTable* table) {
  if (!traits_of(node).same_elements || node.inputs.empty() || !node.inputs[0].valid()) {
    return false;
  }
  for (size_t i = 1; i < node.outputs.size(); ++i) {
    if (node.outputs[i].valid() && !graph.value(node.outputs[i]).uses.empty()) return false;
  }
  if (node.op_type == "Dropout" && node.inputs.size() > 2 && node.inputs[2].valid()) {
    const Tensor* training = graph.constant(node.inputs[2]);
    if (training == nullptr || training->size() != 1 || *training->data<char>() != 0) return false;
  }
  return simulated_encoding(node, table) == nullptr;
}

Graph lower_graph(const Graph& graph, int64_t opset, const EngineOptions& options,
                  const Wanted& wanted, QuantTable& table) {
  Graph lowered = graph;
  Lowering(lowered, opset, options, wanted, table).run();
  return lowered;
}

}  // namespace edgeopt
