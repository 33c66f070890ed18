#include "exec/engine_grids.h"

#include <algorithm>

#include "exec/engine_constants.h"
#include "ops/op.h"
#include "quant/encoding.h"

namespace edgeopt {

namespace {

// Of a DequantizeLinear with constant parameters.
std::optional<Grid> grid_of_codes(const Graph& graph, const Node& node) {
  if (node.inputs.size() < 3 || node.int_or("block_size", 0) != 0) return std::nullopt;
  const Tensor* scale = graph.constant(node.inputs[1]);
  const Tensor* zero_point = graph.constant(node.inputs[2]);
  if (scale == nullptr || scale->type() != DataType::kFloat || scale->size() != 1) return {};
  if (zero_point == nullptr || zero_point->size() != 1) return std::nullopt;
  const float step = *scale->data<float>();
  if (!(step > 0)) return std::nullopt;
  if (zero_point->type() == DataType::kUint8) return Grid{step, *zero_point->data<uint8_t>()};
  if (zero_point->type() != DataType::kInt8) return std::nullopt;
  return Grid{step, *zero_point->data<int8_t>(), -128, 127};
}

}  // namespace

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
    return grid_of_codes(graph_, producer);
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
