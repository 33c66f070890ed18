#include "pipeline/coverage.h"

#include <fnmatch.h>

#include <algorithm>

#include "base/format.h"
#include "ops/layer.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

using State = NodeCoverage::State;

bool matches(const std::string& glob, const Node& node) {
  return ::fnmatch(glob.c_str(), node.name.c_str(), 0) == 0;
}

class Classifier {
 public:
  Classifier(const Graph& graph, const InferredGraph& types, const QuantPolicy& policy,
             const std::vector<std::string>& skipped)
      : graph_(graph), types_(types), policy_(policy), skipped_(skipped) {}

  std::vector<NodeCoverage> run() {
    result_.resize(graph_.node_capacity());
    reaches_.resize(graph_.node_capacity());
    const std::vector<NodeId> order = graph_.topological_order();
    for (auto it = order.rbegin(); it != order.rend(); ++it) look_ahead(*it);
    for (const NodeId id : order) slot(id) = classify(id);
    return std::move(result_);
  }

 private:
  NodeCoverage& slot(NodeId id) { return result_[static_cast<size_t>(id.index)]; }

  bool is_quantizer(NodeId id) const {
    return id.valid() && graph_.node(id).op_type == "FakeQuant" && !graph_.node(id).domain.empty();
  }

  bool from_quantizer(const Node& node, size_t input) const {
    return input < node.inputs.size() && node.inputs[input].valid() &&
           is_quantizer(graph_.value(node.inputs[input]).producer);
  }

  // Whether a layer comes at or after the node.
  void look_ahead(NodeId id) {
    bool found = traits_of(graph_.node(id)).weight_input >= 0;
    for (const ValueId output : graph_.node(id).outputs) {
      if (!output.valid()) continue;
      for (const Use& use : graph_.value(output).uses) {
        found = found || reaches_[static_cast<size_t>(use.node.index)];
      }
    }
    reaches_[static_cast<size_t>(id.index)] = found;
  }

  bool is_quantized(const Node& node, const OpTraits& traits) {
    if (traits.weight_input >= 0) {
      return from_quantizer(node, 0) &&
             from_quantizer(node, static_cast<size_t>(traits.weight_input));
    }
    if (!traits.quantizable && !traits.data_movement && !traits.joins_inputs) return false;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (from_quantizer(node, i)) return true;
    }
    // A clamp inside the layer before it.
    const NodeId producer = graph_.value(node.inputs[0]).producer;
    return traits.clamps && producer.valid() && slot(producer).state == State::kQuantized;
  }

  NodeCoverage classify(NodeId id) {
    const Node& node = graph_.node(id);
    if (is_quantizer(id)) return {State::kNeither, "a quantizer"};
    if (find_operator(node) == nullptr) {
      return {State::kFloat, format("edgeopt does not know the operator {}", node.op_type)};
    }
    const OpTraits& traits = traits_of(node);
    const bool makes_value = !node.outputs.empty() && node.outputs[0].valid();
    const DataType type = makes_value ? types_[node.outputs[0]].type : DataType::kUndefined;
    if (traits.shape_only || (!is_float(type) && type != DataType::kUndefined)) {
      return {State::kNeither, "integers"};
    }
    if (makes_value && types_[node.outputs[0]].value) return {State::kNeither, "a constant"};
    if (!node.inputs.empty() && node.inputs[0].valid() && is_quantized(node, traits)) {
      return {State::kQuantized, {}};
    }
    return {State::kFloat, reason(id, node, traits, type)};
  }

  std::string reason(NodeId id, const Node& node, const OpTraits& traits, DataType type) const {
    for (const std::string& glob : skipped_) {
      if (matches(glob, node)) return format("--skip {}", glob);
    }
    if (!node.outputs.empty() && node.outputs[0].valid() && types_[node.outputs[0]].behind_gap) {
      return format("cannot be calibrated: {}", types_.gap);
    }
    if (type == DataType::kUndefined) return "its type is not known";
    if (type != DataType::kFloat) return format("{} is not quantized, float is", name_of(type));
    if (!traits.quantizable && !traits.data_movement && !traits.joins_inputs) {
      return format("{} has no integer form", node.op_type);
    }
    if (!policy_.quantize_tail && !reaches_[static_cast<size_t>(id.index)]) {
      return "comes after the last layers (--quantize-tail)";
    }
    if (!policy_.quantize_all_tensors && traits.weight_input < 0) {
      return "the target quantizes what enters layers";
    }
    if (traits.weight_input >= 0 && !layer_of(graph_, id) &&
        !from_quantizer(node, static_cast<size_t>(traits.weight_input))) {
      return "its weight is not a float constant";
    }
    return "its input is not quantized";
  }

  const Graph& graph_;
  const InferredGraph& types_;
  const QuantPolicy& policy_;
  const std::vector<std::string>& skipped_;
  std::vector<NodeCoverage> result_;
  std::vector<bool> reaches_;
};

}  // namespace

std::vector<NodeCoverage> coverage_of(const Graph& simulated, const InferredGraph& types,
                                      const QuantPolicy& policy,
                                      const std::vector<std::string>& skipped) {
  return Classifier(simulated, types, policy, skipped).run();
}

std::vector<std::string> unmatched_globs(const Graph& graph,
                                         const std::vector<std::string>& globs) {
  const std::vector<NodeId> order = graph.topological_order();
  std::vector<std::string> unmatched;
  for (const std::string& glob : globs) {
    const bool found = std::any_of(order.begin(), order.end(),
                                   [&](NodeId id) { return matches(glob, graph.node(id)); });
    if (!found) unmatched.push_back(glob);
  }
  return unmatched;
}

}  // namespace edgeopt
