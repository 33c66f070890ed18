#include "exec/engine_quantizers.h"

#include <algorithm>
#include <optional>

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

int32_t zero_point_of(const Tensor& tensor) {
  switch (tensor.type()) {
    case DataType::kUint8: return *tensor.data<uint8_t>();
    case DataType::kInt8: return *tensor.data<int8_t>();
    case DataType::kUint16: return *tensor.data<uint16_t>();
    default: return *tensor.data<int16_t>();
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
    const auto spec = spec_of(inferred_[quantizes ? node.outputs[0] : node.inputs[0]].type);
    if (!spec || floats.type != DataType::kFloat || node.int_or("block_size", 0) != 0) return {};
    const Tensor* scale = graph_.constant(node.inputs[1]);
    if (scale == nullptr || scale->type() != DataType::kFloat || scale->size() != 1) return {};
    if (!(*scale->data<float>() > 0)) return {};
    TensorEncoding encoding{.spec = *spec, .scale = {*scale->data<float>()}, .zero_point = {0}};
    if (node.inputs.size() < 3 || !node.inputs[2].valid()) return encoding;
    const Tensor* zero_point = graph_.constant(node.inputs[2]);
    if (zero_point == nullptr || zero_point->size() != 1) return {};
    encoding.zero_point = {zero_point_of(*zero_point)};
    return encoding;
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
