#include "passes/placement.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>

#include "ops/layer.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

size_t index_of(NodeId id) { return static_cast<size_t>(id.index); }

class Placer {
 public:
  Placer(const Graph& graph, const InferredGraph& types, const QuantPolicy& policy,
         const std::vector<std::string>& skipped)
      : graph_(graph), types_(types), policy_(policy), order_(graph.topological_order()) {
    find_region(skipped);
  }

  Placement place() {
    if (policy_.quantize_all_tensors) {
      place_tensors();
      share_encodings();
    } else {
      place_layer_inputs();
    }
    place_constants();
    return std::move(result_);
  }

 private:
  bool is_float(ValueId id) const {
    return id.valid() && !graph_.value(id).is_constant() && types_[id].type == DataType::kFloat;
  }

  // A layer, or a product of two activations.
  bool is_product(NodeId id) const { return traits_of(graph_.node(id)).weight_input >= 0; }

  bool in_region(NodeId id) const { return id.valid() && region_[index_of(id)]; }

  void find_region(const std::vector<std::string>& skipped) {
    std::vector<bool> reaches(graph_.node_capacity());  // a product is reachable, itself included
    region_.assign(graph_.node_capacity(), false);
    for (auto it = order_.rbegin(); it != order_.rend(); ++it) {
      const Node& node = graph_.node(*it);
      bool found = is_product(*it);
      for (const ValueId output : node.outputs) {
        if (!output.valid() || !is_float(output)) continue;
        for (const Use& use : graph_.value(output).uses) {
          found = found || reaches[index_of(use.node)];
        }
      }
      reaches[index_of(*it)] = found;
      region_[index_of(*it)] =
          (found || policy_.quantize_tail) && can_quantize(node) && !is_skipped(node, skipped);
    }
  }

  bool can_quantize(const Node& node) const {
    const OpTraits& traits = traits_of(node);
    if (!traits.quantizable && !traits.data_movement && !traits.joins_inputs) return false;
    return !node.outputs.empty() && is_float(node.outputs[0]) && is_computable(node);
  }

  // Calibration reaches the node.
  bool is_computable(const Node& node) const {
    const auto known = [&](ValueId id) { return !id.valid() || !types_[id].behind_gap; };
    return std::all_of(node.inputs.begin(), node.inputs.end(), known) &&
           std::all_of(node.outputs.begin(), node.outputs.end(), known);
  }

  static bool is_skipped(const Node& node, const std::vector<std::string>& skipped) {
    return std::any_of(skipped.begin(), skipped.end(), [&](const std::string& glob) {
      return ::fnmatch(glob.c_str(), node.name.c_str(), 0) == 0;
    });
  }

  // `id` is computed and at once clamped by its only user: one operation to the runtime.
  bool is_inside_fusion(ValueId id) const {
    const NodeId user = graph_.only_user(id);
    const NodeId producer = graph_.value(id).producer;
    if (!user.valid() || !producer.valid() || !traits_of(graph_.node(user)).clamps) return false;
    if (!policy_.fuse_clip && !is_relu(user)) return false;
    if (!policy_.fuse_add && !is_product(producer)) return false;
    const OpTraits& traits = traits_of(graph_.node(producer));
    return traits.quantizable && !traits.clamps && !traits.data_movement &&
           is_float(graph_.node(user).outputs[0]);
  }

  // A clamp without bounds of its own.
  bool is_relu(NodeId id) const {
    return traits_of(graph_.node(id)).clamps && graph_.node(id).inputs.size() == 1;
  }

  bool shares_input(NodeId id) const {
    return moves_data(graph_, graph_.node(id)) || (policy_.relu_shares_input && is_relu(id));
  }

  // Movement whose output reaches further than its input. The HTP computes Pad on the input's grid,
  // so that this has to hold the value, whoever else reads the input.
  bool adds_values(NodeId id) const {
    return traits_of(graph_.node(id)).data_movement && !moves_data(graph_, graph_.node(id));
  }

  // --- every tensor of the region (QNN, ONNX Runtime)

  bool wants_quantizer(ValueId id) const {
    if (!is_float(id) || is_inside_fusion(id)) return false;
    const Value& value = graph_.value(id);
    for (const Use& use : value.uses) {
      if (use.input >= 0 && in_region(use.node)) return true;
    }
    return policy_.quantize_outputs && in_region(last_quantized(value.producer));
  }

  // The producer, or what it clamps: a Relu after the last layer belongs to that layer.
  NodeId last_quantized(NodeId producer) const {
    if (!producer.valid() || !traits_of(graph_.node(producer)).clamps) return producer;
    const ValueId input = graph_.node(producer).inputs[0];
    return is_inside_fusion(input) ? graph_.value(input).producer : producer;
  }

  void place_tensors() {
    for (const ValueId input : graph_.inputs()) {
      if (wants_quantizer(input)) add(input);
    }
    for (const NodeId id : order_) {
      for (const ValueId output : graph_.node(id).outputs) {
        if (wants_quantizer(output)) add(output);
      }
    }
  }

  PlacedQuantizer& add(ValueId id) {
    place_of_[id] = result_.activations.size();
    return result_.activations.emplace_back(
        PlacedQuantizer{id, graph_.value(id).name, true, true, {}});
  }

  PlacedQuantizer* placed(ValueId id) {
    const auto found = place_of_.find(id);
    return found == place_of_.end() ? nullptr : &result_.activations[found->second];
  }

  void share_encodings() {
    for (PlacedQuantizer& quantizer : result_.activations) {
      const NodeId producer = graph_.value(quantizer.value).producer;
      if (!producer.valid() || !shares_input(producer)) continue;
      const PlacedQuantizer* source = placed(graph_.node(producer).inputs[0]);
      if (source == nullptr) continue;
      quantizer.key = source->key;
      quantizer.primary = false;
    }
    std::map<std::string, int> members;
    for (const PlacedQuantizer& quantizer : result_.activations) ++members[quantizer.key];
    // Backwards, so that a concat that feeds a concat hands its own key on.
    for (auto it = result_.activations.rbegin(); it != result_.activations.rend(); ++it) {
      const NodeId producer = graph_.value(it->value).producer;
      if (!producer.valid()) continue;
      const bool joins = traits_of(graph_.node(producer)).joins_inputs;
      if (!joins && !adds_values(producer)) continue;
      for (const ValueId input : graph_.node(producer).inputs) {
        PlacedQuantizer* joined = placed(input);
        if (joined == nullptr || members[joined->key] > 1 || !joined->primary) continue;
        if (joins && graph_.only_user(input) != producer) continue;
        joined->key = it->key;
        joined->primary = false;
      }
    }
  }

  // --- only what enters a layer (TensorRT)

  void place_layer_inputs() {
    for (const NodeId id : order_) {
      if (!in_region(id)) continue;
      const Node& node = graph_.node(id);
      if (is_product(id)) {
        for (size_t i = 0; i < std::min<size_t>(node.inputs.size(), 2); ++i) add_use(id, i);
      } else if (const int skip = skip_branch(id); skip >= 0) {
        add_use(id, static_cast<size_t>(skip));
      }
    }
  }

  void add_use(NodeId id, size_t input) {
    const ValueId value = graph_.node(id).inputs[input];
    if (!is_float(value)) return;
    PlacedQuantizer* quantizer = placed(value);
    if (quantizer == nullptr) quantizer = &add(value);
    quantizer->all_uses = false;
    quantizer->uses.push_back({id, static_cast<int32_t>(input)});
  }

  // A residual addition: the input that does not come straight from a layer, or the earlier of two
  // layers. -1: none.
  int skip_branch(NodeId id) const {
    const Node& node = graph_.node(id);
    if (node.op_type != "Add" || node.inputs.size() != 2) return -1;
    if (!is_float(node.inputs[0]) || !is_float(node.inputs[1])) return -1;
    if (types_[node.inputs[0]].shape != types_[node.inputs[1]].shape) return -1;
    const auto layer_rank = [&](ValueId input) {
      const NodeId producer = graph_.value(input).producer;
      if (!producer.valid() || !is_product(producer) || graph_.use_count(input) != 1) return -1;
      return producer.index;
    };
    const int first = layer_rank(node.inputs[0]);
    const int second = layer_rank(node.inputs[1]);
    if (first < 0 && second < 0) return -1;
    return first < second ? 0 : 1;
  }

  // --- constants

  void place_constants() {
    for (const NodeId id : order_) {
      if (!in_region(id)) continue;
      if (const auto layer = layer_of(graph_, id)) {
        const int weight_input = traits_of(graph_.node(id)).weight_input;
        result_.weights.push_back({id, weight_input});
        const Tensor* bias = graph_.constant(layer->bias);
        if (policy_.quantize_bias && bias != nullptr && bias->type() == DataType::kFloat) {
          result_.biases.push_back({id, weight_input + 1});
        }
        continue;
      }
      if (policy_.quantize_normalization && is_normalization(graph_.node(id))) {
        place_normalization(id);
        continue;
      }
      const OpTraits& traits = traits_of(graph_.node(id));
      const bool takes_operands = traits.elementwise || traits.joins_inputs || is_product(id);
      if (!policy_.quantize_all_tensors || !takes_operands || traits.clamps) continue;
      for (size_t i = 0; i < graph_.node(id).inputs.size(); ++i) {
        const Tensor* operand = graph_.constant(graph_.node(id).inputs[i]);
        if (operand == nullptr || operand->type() != DataType::kFloat) continue;
        if (operand->size() == 0) continue;
        result_.operands.push_back({id, static_cast<int32_t>(i)});
      }
    }
  }

  void place_normalization(NodeId id) {
    const Node& node = graph_.node(id);
    for (size_t i = 1; i < std::min<size_t>(node.inputs.size(), 3); ++i) {
      const Tensor* constant = graph_.constant(node.inputs[i]);
      if (constant == nullptr || constant->type() != DataType::kFloat) continue;
      auto& list = i == 1 ? result_.operands : result_.biases;
      list.push_back({id, static_cast<int32_t>(i)});
    }
  }

  const Graph& graph_;
  const InferredGraph& types_;
  const QuantPolicy& policy_;
  std::vector<NodeId> order_;
  std::vector<bool> region_;
  std::map<ValueId, size_t> place_of_;
  Placement result_;
};

}  // namespace

Placement place_quantizers(const Graph& graph, const InferredGraph& types,
                           const QuantPolicy& policy, const std::vector<std::string>& skipped) {
  return Placer(graph, types, policy, skipped).place();
}

}  // namespace edgeopt
