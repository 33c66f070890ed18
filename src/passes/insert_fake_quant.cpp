// insert-fake-quant: puts FakeQuant nodes where the target wants quantizers, and opens their
// entries in the table.
#include <algorithm>

#include "base/format.h"
#include "base/log.h"
#include "exec/shapes.h"
#include "ops/layer.h"
#include "passes/pass.h"
#include "passes/placement.h"

namespace edgeopt {
namespace {

class Inserter {
 public:
  Inserter(Model& model, QuantTable& table, const QuantPolicy& policy)
      : graph_(model.graph), table_(table), policy_(policy) {}

  int64_t insert(const Placement& placement) {
    for (const PlacedQuantizer& quantizer : placement.activations) insert_activation(quantizer);
    for (const Use& use : placement.weights) insert_weight(use);
    for (const Use& use : placement.biases) insert_bias(use);
    for (const Use& use : placement.operands) {
      insert_constant(use, TensorEncoding{.spec = policy_.activation});
    }
    return count_;
  }

 private:
  ValueId add_fake_quant(ValueId input, const std::string& key, bool primary) {
    const std::string stem = graph_.value(input).name;
    Node node;
    node.op_type = "FakeQuant";
    node.domain = "edgeopt";
    node.name = stem + "_fake_quant";
    node.inputs = {input};
    ValueType type = graph_.value(input).type;
    node.outputs = {graph_.add_value(graph_.fresh_name(stem + "_quantized"), std::move(type))};
    node.set_attribute("encoding", key);
    node.set_attribute("primary", int64_t{primary});
    const ValueId output = node.outputs[0];
    graph_.add_node(std::move(node));
    ++count_;
    return output;
  }

  void insert_activation(const PlacedQuantizer& quantizer) {
    table_.try_emplace(quantizer.key, TensorEncoding{.spec = policy_.activation});
    const std::vector<Use> uses =
        quantizer.all_uses ? graph_.value(quantizer.value).uses : quantizer.uses;
    const bool is_output = quantizer.all_uses && graph_.is_output(quantizer.value);
    const ValueId quantized = add_fake_quant(quantizer.value, quantizer.key, quantizer.primary);
    for (const Use& use : uses) {
      if (use.input >= 0) graph_.set_input(use.node, static_cast<size_t>(use.input), quantized);
    }
    if (is_output) keep_output_name(quantizer.value, quantized);
  }

  // A graph output keeps its name: the quantized value takes it over.
  void keep_output_name(ValueId value, ValueId quantized) {
    std::vector<ValueId> outputs = graph_.outputs();
    std::replace(outputs.begin(), outputs.end(), value, quantized);
    graph_.set_graph_outputs(std::move(outputs));
    const std::string name = graph_.value(value).name;
    graph_.rename(value, graph_.fresh_name(name + "_before_quantization"));
    graph_.rename(quantized, name);
    graph_.set_info(quantized, graph_.value(value).info_opaque, graph_.value(value).declared);
    graph_.set_info(value, {}, false);
  }

  void insert_weight(const Use& use) {
    const auto layer = layer_of(graph_, use.node);
    TensorEncoding encoding{.spec = policy_.weight};
    const bool per_channel = policy_.per_channel && (policy_.matmul_per_channel ||
                                                     graph_.node(use.node).op_type != "MatMul");
    encoding.spec.axis = per_channel ? layer->output_axis : -1;
    insert_constant(use, std::move(encoding));
  }

  void insert_bias(const Use& use) {
    TensorEncoding encoding{
        .spec = {.bits = 32, .symmetric = true, .is_signed = true, .narrow = false}};
    // Scales of a normalization have one grid for the tensor, and so has its shift.
    const bool per_channel = policy_.per_channel && !is_normalization(graph_.node(use.node));
    encoding.spec.axis = per_channel ? 0 : -1;
    encoding.is_bias = true;
    insert_constant(use, std::move(encoding), true);
  }

  // A constant that stands elsewhere too gets a copy of its own unless an equal quantizer is there
  // already.
  void insert_constant(const Use& use, TensorEncoding encoding, bool is_private = false) {
    const auto index = static_cast<size_t>(use.input);
    ValueId constant = graph_.node(use.node).inputs[index];
    const auto shared = inserted_.find(constant);
    if (shared != inserted_.end() && !is_private &&
        table_.at(graph_.value(constant).name).spec == encoding.spec) {
      graph_.set_input(use.node, index, shared->second);
      return;
    }
    if (shared != inserted_.end() || (is_private && graph_.use_count(constant) > 1)) {
      const Value& original = graph_.value(constant);
      constant = graph_.add_constant(graph_.fresh_name(original.name), *original.constant);
    }
    const std::string key = graph_.value(constant).name;
    table_.insert_or_assign(key, std::move(encoding));
    inserted_[constant] = add_fake_quant(constant, key, true);
    graph_.set_input(use.node, index, inserted_[constant]);
  }

  Graph& graph_;
  QuantTable& table_;
  const QuantPolicy& policy_;
  std::map<ValueId, ValueId> inserted_;  // constant -> quantized constant
  int64_t count_ = 0;
};

bool already_inserted(const Graph& graph) {
  const auto order = graph.topological_order();
  return std::any_of(order.begin(), order.end(),
                     [&](NodeId id) { return graph.node(id).op_type == "FakeQuant"; });
}

int64_t run(Model& model, QuantTable& table, PassContext& context, const OptionValues&) {
  if (already_inserted(model.graph)) return 0;
  const auto shapes = resolve_feed_shapes(model.graph, context.input_shapes, 1);
  const InferredGraph types = infer_shapes(model.graph, model.opset(), shapes);
  if (!types.gap.empty()) log_debug(format("insert-fake-quant: {}", types.gap));
  const Placement placement = place_quantizers(model.graph, types, context.policy, context.skipped);
  return Inserter(model, table, context.policy).insert(placement);
}

}  // namespace

extern const Pass pass_insert_fake_quant = {
    .name = "insert-fake-quant",
    .summary = "put quantizers where the target wants them, without ranges yet",
    .options = {},
    .run = run,
};

}  // namespace edgeopt
