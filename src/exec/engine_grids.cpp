#include "exec/engine_grids.h"

#include <algorithm>

#include "exec/engine_constants.h"
#include "ops/op.h"
#include "ops/quantize_linear.h"
#include "quant/encoding.h"

namespace edgeopt {

std::optional<Grid> grid_of_codes(const Graph& graph, const Node& node, DataType codes) {
  if (node.int_or("block_size", 0) != 0) return std::nullopt;
  const bool has_zero_point = node.inputs.size() > 2 && node.inputs[2].valid();
  const Tensor* scale = node.inputs.size() > 1 ? graph.constant(node.inputs[1]) : nullptr;
  const Tensor* zero_point = has_zero_point ? graph.constant(node.inputs[2]) : nullptr;
  if (has_zero_point && zero_point == nullptr) return std::nullopt;
  if (codes == DataType::kUndefined && has_zero_point) codes = zero_point->type();
  return tensor_grid(codes, scale, zero_point);
}

std::optional<Grid> Grids::of(ValueId value) {
  const NodeId producer = graph_.value(value).producer;
  if (!producer.valid()) return std::nullopt;
  const auto known = known_.find(value);
  if (known != known_.end()) return known->second;
  const std::optional<Grid> grid = find(graph_.node(producer));
  known_[value] = grid;
  return grid;
}

std::optional<Grid> Grids::find(const Node& producer) {
  if (const TensorEncoding* encoding = simulated_encoding(producer, &table_)) {
    if (encoding->scale.size() != 1 || encoding->spec.bits > 16) return std::nullopt;
    return grid_of(*encoding);
  }
  if (producer.inputs.empty() || !producer.inputs[0].valid()) return std::nullopt;
  if (producer.op_type == "DequantizeLinear" && producer.domain.empty()) {
    return grid_of_codes(graph_, producer, DataType::kUndefined);
  }
  if (moves_data(graph_, producer)) return of(producer.inputs[0]);
  if (!traits_of(producer).joins_inputs) return std::nullopt;
  const std::optional<Grid> first = of(producer.inputs[0]);
  const bool all = std::all_of(producer.inputs.begin(), producer.inputs.end(),
                               [&](ValueId input) { return input.valid() && of(input) == first; });
  return all ? first : std::nullopt;
}

void skip_repeated_quantizers(Graph& graph, const std::set<ValueId>& kept,
                              const QuantTable& table) {
  Grids grids(graph, table);
  for (const NodeId id : graph.topological_order()) {
    const Node& node = graph.node(id);
    const TensorEncoding* encoding = simulated_encoding(node, &table);
    if (encoding == nullptr || encoding->scale.size() != 1) continue;
    const ValueId result = node.outputs[0];
    const ValueId input = node.inputs[0];
    const std::optional<Grid> own = grids.of(result);
    if (!own || grids.of(input) != own) continue;
    for (const Use& use : std::vector<Use>(graph.value(result).uses)) {
      if (use.input >= 0) graph.set_input(use.node, static_cast<size_t>(use.input), input);
    }
    if (!kept.contains(result) && graph.value(result).uses.empty()) graph.remove_node(id);
  }
}

}  // namespace edgeopt
