#include "pipeline/judged_values.h"

#include <algorithm>
#include <set>

#include "exec/shapes.h"

namespace edgeopt {
namespace {

class Frontier {
 public:
  Frontier(const Graph& graph, const InferredGraph& types) : graph_(graph), types_(types) {}

  std::vector<ValueId> find() {
    for (const NodeId id : graph_.topological_order()) visit(graph_.node(id));
    for (const ValueId id : graph_.outputs()) take(id);
    return {found_.begin(), found_.end()};
  }

 private:
  bool is_end(const Node& node) const {
    if (node.op_type == "TopK" || node.op_type.starts_with("Arg")) return true;
    return !node.captured.empty() ||
           std::any_of(node.outputs.begin(), node.outputs.end(),
                       [&](ValueId id) { return id.valid() && types_[id].behind_gap; });
  }

  void visit(const Node& node) {
    std::vector<ValueId> read = node.inputs;
    read.insert(read.end(), node.captured.begin(), node.captured.end());
    const bool behind = std::any_of(read.begin(), read.end(),
                                    [&](ValueId id) { return id.valid() && behind_.contains(id); });
    const bool ends = behind || is_end(node);
    for (const ValueId id : ends ? node.outputs : std::vector<ValueId>{}) behind_.insert(id);
    for (const ValueId id : ends ? read : std::vector<ValueId>{}) take(id);
  }

  void take(ValueId id) {
    if (!id.valid() || behind_.contains(id) || types_[id].behind_gap || types_[id].value) return;
    const NodeId producer = graph_.value(id).producer;
    if (!producer.valid() || !seen_.insert(id).second) return;
    if (types_[id].type == DataType::kFloat) {
      found_.insert(id);
    } else {  // what it was decided by
      for (const ValueId input : graph_.node(producer).inputs) take(input);
    }
  }

  const Graph& graph_;
  const InferredGraph& types_;
  std::set<ValueId> behind_;  // made by ends and what follows on them
  std::set<ValueId> seen_;
  std::set<ValueId> found_;
};

}  // namespace

JudgedValues judged_values(const Model& model, const InputShapes& input_shapes) {
  const Graph& graph = model.graph;
  const InferredGraph types =
      infer_shapes(graph, model.opset(), resolve_feed_shapes(graph, input_shapes, 1));
  const auto outputs = graph.outputs();
  const bool planned = std::none_of(outputs.begin(), outputs.end(),
                                    [&](ValueId id) { return types[id].behind_gap; });
  if (planned) return {outputs, ""};
  return {Frontier(graph, types).find(), types.gap};
}

}  // namespace edgeopt
