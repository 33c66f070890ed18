#include "ops/layer.h"

#include "ops/op.h"

namespace edgeopt {

std::optional<Layer> layer_of(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const int weight_input = traits_of(node).weight_input;
  if (weight_input < 0 || node.inputs.size() <= static_cast<size_t>(weight_input)) {
    return std::nullopt;
  }
  Layer layer;
  layer.node = id;
  layer.input = node.inputs[0];
  layer.weight = node.inputs[static_cast<size_t>(weight_input)];
  const Tensor* weight = graph.constant(layer.weight);
  if (weight == nullptr || weight->type() != DataType::kFloat || weight->rank() < 2 ||
      weight->size() == 0) {
    return std::nullopt;
  }
  const auto bias_input = static_cast<size_t>(weight_input) + 1;
  if (node.inputs.size() > bias_input) layer.bias = node.inputs[bias_input];
  layer.groups = node.int_or("group", 1);
  const int last = static_cast<int>(weight->rank()) - 1;
  if (node.op_type == "Conv") {
    layer.output_axis = 0;
    layer.input_axis = 1;
  } else if (node.op_type == "ConvTranspose") {
    layer.output_axis = 1;
    layer.input_axis = 0;
  } else if (node.op_type == "Gemm" && node.int_or("transB", 0) != 0) {
    layer.output_axis = 0;
    layer.input_axis = 1;
  } else {
    layer.output_axis = last;
    layer.input_axis = last - 1;
  }
  return layer;
}

bool is_normalization(const Node& node) {
  return node.domain.empty() &&
         (node.op_type == "InstanceNormalization" || node.op_type == "LayerNormalization" ||
          node.op_type == "GroupNormalization");
}

}  // namespace edgeopt
