#include "exec/engine_quantizers.h"

#include <algorithm>
#include <optional>

#include "exec/engine_grids.h"

namespace edgeopt {
namespace {

std::optional<QuantSpec> spec_of(DataType codes) {
  switch (codes) {
    case DataType::kUint8: return QuantSpec{.bits = 8};
    case DataType::kInt8: return QuantSpec{.bits = 8, .is_signed = true};
    case DataType::kUint16: return QuantSpec{.bits = 16};
    case DataType::kInt16: return QuantSpec{.bits = 16, .is_signed = true};
    default: return std::nullopt;
  }
}

class Joining {
 public:
  Joining(Graph& graph, const InferredGraph& inferred, const Wanted& wanted, QuantTable& table)
      : graph_(graph), inferred_(inferred), wanted_(wanted), table_(table) {}

  void run() {
    for (const NodeId id : graph_.topological_order()) {
      const Node& node = graph_.node(id);
      if (node.op_type != "QuantizeLinear" || !node.domain.empty()) continue;
      if (const auto encoding = encoding_of(node)) {
        join(id, node.inputs[0], node.outputs[0], *encoding);
      }
    }
  }

 private:
  // Of a QuantizeLinear or DequantizeLinear; nothing: not one that can be joined.
  std::optional<TensorEncoding> encoding_of(const Node& node) const {
    if (node.inputs.size() < 2 || !node.inputs[0].valid() || !node.inputs[1].valid()) return {};
    const bool quantizes = node.op_type == "QuantizeLinear";
    const InferredValue& floats = inferred_[quantizes ? node.inputs[0] : node.outputs[0]];
    const DataType codes = inferred_[quantizes ? node.outputs[0] : node.inputs[0]].type;
    const auto spec = spec_of(codes);
    if (!spec || floats.type != DataType::kFloat) return std::nullopt;
    const auto grid = grid_of_codes(graph_, node, codes);
    if (!grid) return std::nullopt;
    return TensorEncoding{.spec = *spec, .scale = {grid->scale}, .zero_point = {grid->zero_point}};
  }

  bool undoes(const Use& use, const TensorEncoding& encoding) const {
    const Node& node = graph_.node(use.node);
    if (use.input != 0 || node.op_type != "DequantizeLinear" || !node.domain.empty()) return false;
    const auto own = encoding_of(node);
    return own && own->spec == encoding.spec && own->scale == encoding.scale &&
           own->zero_point == encoding.zero_point;
  }

  void join(NodeId quantizer, ValueId x, ValueId codes, const TensorEncoding& encoding) {
    const std::vector<Use> uses = graph_.value(codes).uses;
    const bool all = std::all_of(uses.begin(), uses.end(),
                                 [&](const Use& use) { return undoes(use, encoding); });
    if (!all || uses.empty() || wanted_.kept.contains(codes)) return;
    const std::string key = graph_.value(codes).name;
    ValueId first;
    for (const Use& use : uses) {
      const ValueId result = graph_.node(use.node).outputs[0];
      const std::string name = graph_.node(use.node).name;
      graph_.remove_node(use.node);
      if (first.valid() && !wanted_.kept.contains(result)) {
        graph_.replace_uses(result, first);
        continue;
      }
      Node made;
      made.op_type = "FakeQuant";
      made.domain = "edgeopt";
      made.name = name;
      made.inputs = {x};
      made.outputs = {result};
      made.attributes.push_back({"encoding", key});
      graph_.add_node(std::move(made));
      first = result;
    }
    graph_.remove_node(quantizer);
    table_[key] = encoding;
  }

  Graph& graph_;
  const InferredGraph& inferred_;
  const Wanted& wanted_;
  QuantTable& table_;
};

}  // namespace

void join_quantizers(Graph& graph, int64_t opset, const std::map<ValueId, Shape>& feed_shapes,
                     const Wanted& wanted, QuantTable& table) {
  const std::vector<NodeId> nodes = graph.topological_order();
  const bool any = std::any_of(nodes.begin(), nodes.end(), [&](NodeId id) {
    return graph.node(id).op_type == "QuantizeLinear";
  });
  if (!any) return;
  const InferredGraph inferred = infer_shapes(graph, opset, feed_shapes);
  Joining(graph, inferred, wanted, table).run();
}

}  // namespace edgeopt
