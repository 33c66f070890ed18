#include "targets/qdq.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "base/format.h"
#include "ir/unused.h"
#include "ops/op.h"
#include "quant/storage.h"

namespace edgeopt {
namespace {

bool is_fake_quant(const Node& node) {
  return node.op_type == "FakeQuant" && node.domain == "edgeopt";
}

const TensorEncoding& encoding_of(const Node& node, const QuantTable& table) {
  const auto found = table.find(node.string_or("encoding", ""));
  check(found != table.end() && found->second.ready(), "every FakeQuant has a ready encoding");
  return found->second;
}

class Lowering {
 public:
  Lowering(const Model& simulated, const QuantTable& table, const QdqStyle& style)
      : model_(simulated), graph_(model_.graph), table_(table), style_(style) {}

  Model lower() {
    for (const NodeId id : graph_.topological_order()) {
      const Node node = graph_.node(id);
      if (!is_fake_quant(node)) continue;
      if (graph_.value(node.inputs[0]).is_constant()) {
        lower_constant(node);
      } else {
        lower_activation(node);
      }
    }
    finish();
    return std::move(model_);
  }

 private:
  struct Parameters {
    ValueId scale;
    ValueId zero_point;
  };

  // Tensors that share an encoding share its constants.
  Parameters parameters(const std::string& key, const TensorEncoding& encoding) {
    const auto found = parameters_.find(key);
    if (found != parameters_.end()) return found->second;
    const Parameters made{
        graph_.add_constant(graph_.fresh_name(key + "_scale"), scale_tensor(encoding)),
        graph_.add_constant(graph_.fresh_name(key + "_zero_point"), zero_point_tensor(encoding))};
    parameters_.emplace(key, made);
    return made;
  }

  ValueId add_node(const char* op_type, const std::string& stem, ValueId input,
                   const Parameters& with, const TensorEncoding& encoding, ValueId output) {
    Node node;
    node.op_type = op_type;
    node.name = unique_node_name(format("{}_{}", stem, op_type));
    node.inputs = {input, with.scale, with.zero_point};
    node.outputs = {output};
    if (encoding.spec.axis >= 0) node.set_attribute("axis", int64_t{encoding.spec.axis});
    graph_.add_node(std::move(node));
    return output;
  }

  std::string unique_node_name(const std::string& stem) {
    std::string name = stem;
    for (int i = 1; !node_names_.insert(name).second; ++i) name = format("{}_{}", stem, i);
    return name;
  }

  ValueId typed_value(const std::string& stem, DataType type, ValueId like) {
    ValueType value_type = graph_.value(like).type;
    value_type.type = type;
    return graph_.add_value(graph_.fresh_name(stem), std::move(value_type));
  }

  void lower_constant(const Node& fake_quant) {
    const TensorEncoding& encoding = encoding_of(fake_quant, table_);
    const ValueId constant = fake_quant.inputs[0];
    const std::string name = graph_.value(constant).name;
    Tensor codes = quantize_tensor(*graph_.constant(constant), encoding);
    const ValueId output = fake_quant.outputs[0];
    const bool only_here = graph_.use_count(constant) == 1;
    graph_.remove_node(fake_quant.id);
    ValueId stored = constant;
    if (only_here) {
      graph_.set_constant(constant, std::move(codes));
    } else {
      stored = graph_.add_constant(graph_.fresh_name(name + "_codes"), std::move(codes));
    }
    const Parameters with = parameters(fake_quant.string_or("encoding", ""), encoding);
    dequantize(name, stored, with, encoding, output);
  }

  void lower_activation(const Node& fake_quant) {
    const TensorEncoding& encoding = encoding_of(fake_quant, table_);
    ValueId input = fake_quant.inputs[0];
    const std::string name = graph_.value(input).name;
    const int bits = encoding.spec.bits;
    if (bits != 4 && bits != 8 && bits != 16) {
      fail(ErrorCode::kUnsupported,
           "tensor '{}': activations of {} bits have no ONNX type; use 4, 8 or 16", name, bits);
    }
    const ValueId output = fake_quant.outputs[0];
    graph_.remove_node(fake_quant.id);
    if (style_.drop_enforced_clamps) drop_clamp(input, encoding);
    const Parameters with = parameters(fake_quant.string_or("encoding", ""), encoding);
    if (style_.quantize_before_clamps) quantize_before_clamp(input, with, encoding);
    const ValueId codes = typed_value(name + "_codes", storage_type(encoding.spec), output);
    add_node("QuantizeLinear", name, input, with, encoding, codes);
    dequantize(name, codes, with, encoding, output);
  }

  // One DequantizeLinear for each consumer: runtimes fuse it into that consumer. `output` serves
  // the graph outputs and the first consumer when there is no graph output.
  void dequantize(const std::string& stem, ValueId codes, const Parameters& with,
                  const TensorEncoding& encoding, ValueId output) {
    const std::vector<Use> uses = graph_.value(output).uses;
    if (!graph_.is_output(output)) {
      graph_.rename(output, graph_.fresh_name(stem + "_dequantized"));
    }
    add_node("DequantizeLinear", stem, codes, with, encoding, output);
    for (size_t i = graph_.is_output(output) ? 0 : 1; i < uses.size(); ++i) {
      if (uses[i].input < 0) continue;  // a subgraph reads it by name
      const ValueId copy = typed_value(stem + "_dequantized", DataType::kFloat, output);
      add_node("DequantizeLinear", stem, codes, with, encoding, copy);
      graph_.set_input(uses[i].node, static_cast<size_t>(uses[i].input), copy);
    }
  }

  // What makes the input of the clamp that makes `value`, where it is a quantized operator that
  // only the clamp reads; else invalid.
  NodeId clamped_by_producer_of(ValueId value) const {
    const NodeId clamp = graph_.value(value).producer;
    if (!clamp.valid() || !traits_of(graph_.node(clamp)).clamps) return {};
    const ValueId before = graph_.node(clamp).inputs[0];
    const NodeId producer = graph_.value(before).producer;
    if (!producer.valid() || graph_.only_user(before) != clamp) return {};
    const OpTraits& traits = traits_of(graph_.node(producer));
    return traits.quantizable && !traits.clamps ? producer : NodeId{};
  }

  void quantize_before_clamp(ValueId value, const Parameters& with,
                             const TensorEncoding& encoding) {
    if (!clamped_by_producer_of(value).valid()) return;
    const NodeId clamp = graph_.value(value).producer;
    const ValueId before = graph_.node(clamp).inputs[0];
    const std::string name = graph_.value(before).name;
    const ValueId codes = typed_value(name + "_codes", storage_type(encoding.spec), before);
    const ValueId dequantized = typed_value(name + "_dequantized", DataType::kFloat, before);
    add_node("QuantizeLinear", name, before, with, encoding, codes);
    add_node("DequantizeLinear", name, codes, with, encoding, dequantized);
    graph_.set_input(clamp, 0, dequantized);
  }

  // `value` is a clamp's output that feeds only a quantizer: the layer before makes it directly
  // when the grid's ends are the clamp's. The value keeps its name, which the encodings refer to.
  void drop_clamp(ValueId value, const TensorEncoding& encoding) {
    const NodeId producer = clamped_by_producer_of(value);
    if (!producer.valid() || graph_.use_count(value) != 0) return;
    const NodeId clamp = graph_.value(value).producer;
    if (!enforces(graph_.node(clamp), encoding)) return;
    const ValueId before = graph_.node(clamp).inputs[0];
    const auto& outputs = graph_.node(producer).outputs;
    const auto index = std::find(outputs.begin(), outputs.end(), before) - outputs.begin();
    graph_.remove_node(clamp);
    graph_.set_output(producer, static_cast<size_t>(index), value);
  }

  bool enforces(const Node& clamp, const TensorEncoding& encoding) const {
    const auto [low, high] = clamp_range(clamp);
    const auto code_of = [&](float x) {
      return std::nearbyint(x / encoding.scale[0]) + static_cast<float>(encoding.zero_point[0]);
    };
    return code_of(low) <= static_cast<float>(lowest_code(encoding.spec)) &&
           code_of(high) >= static_cast<float>(highest_code(encoding.spec));
  }

  // Relu has one input; Clip's bounds are constants, or else nothing is known.
  std::pair<float, float> clamp_range(const Node& clamp) const {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    std::pair<float, float> range{clamp.inputs.size() == 1 ? 0.0F : -kInfinity, kInfinity};
    if (clamp.op_type == "Clip") range.first = -kInfinity;
    for (size_t i = 1; i < clamp.inputs.size(); ++i) {
      if (!clamp.inputs[i].valid()) continue;
      const Tensor* bound = graph_.constant(clamp.inputs[i]);
      const bool known = bound != nullptr && bound->type() == DataType::kFloat;
      const float unknown = i == 1 ? kInfinity : -kInfinity;
      (i == 1 ? range.first : range.second) = known ? bound->data<float>()[0] : unknown;
    }
    return range;
  }

  // Weights must not be listed as graph inputs: they would be defaults that a caller may override.
  // Bounds of clamps that were left out are read by nobody.
  void finish() {
    remove_unused_constants(graph_);
    graph_.set_graph_inputs(graph_.feeds());
    model_.ir_version = std::clamp<int64_t>(model_.ir_version, 8, style_.max_ir_version);
    model_.opsets.erase("edgeopt");
    model_.producer_name = "edgeopt";
    model_.producer_version = EDGEOPT_VERSION;
  }

  Model model_;
  Graph& graph_;
  const QuantTable& table_;
  QdqStyle style_;
  std::map<std::string, Parameters> parameters_;
  std::set<std::string> node_names_;
};

}  // namespace

Model lower_to_qdq(const Model& simulated, const QuantTable& table, const QdqStyle& style) {
  return Lowering(simulated, table, style).lower();
}

std::vector<NamedEncoding> named_encodings(const Model& simulated, const QuantTable& table) {
  const Graph& graph = simulated.graph;
  std::vector<NamedEncoding> result;
  for (const NodeId id : graph.topological_order()) {
    const Node& node = graph.node(id);
    if (!is_fake_quant(node)) continue;
    NamedEncoding entry;
    entry.encoding = &encoding_of(node, table);
    const ValueId named = graph.is_output(node.outputs[0]) ? node.outputs[0] : node.inputs[0];
    entry.name = graph.value(named).name;
    if (graph.value(node.inputs[0]).is_constant()) {
      const auto& uses = graph.value(node.outputs[0]).uses;
      entry.is_parameter = std::any_of(uses.begin(), uses.end(), [&](const Use& use) {
        return traits_of(graph.node(use.node)).weight_input >= 0 && use.input > 0;
      });
    }
    result.push_back(std::move(entry));
  }
  return result;
}

}  // namespace edgeopt
