// Snapdragon through QNN: the QDQ contract of ONNX Runtime's QNN execution provider (HTP backend),
// which qairt-converter takes as well. Static shapes, uint8 asymmetric activations, int8 symmetric
// weights, int32 bias, quantized outputs.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "base/format.h"
#include "base/log.h"
#include "targets/qdq.h"
#include "targets/target.h"

namespace edgeopt {
namespace {

bool is_one_of(const Node& node, std::initializer_list<std::string_view> operators) {
  return node.domain.empty() &&
         std::find(operators.begin(), operators.end(), node.op_type) != operators.end();
}

// 1 / x of a float constant; nullopt where that is no normal number.
std::optional<Tensor> reciprocal(const Tensor* constant) {
  if (constant == nullptr || constant->type() != DataType::kFloat) return std::nullopt;
  Tensor result = *constant;
  float* data = result.mutable_data<float>();
  for (int64_t i = 0; i < result.size(); ++i) {
    data[i] = 1.0F / data[i];
    if (!std::isnormal(data[i])) return std::nullopt;
  }
  return result;
}

bool divide_instead(Graph& graph, NodeId id) {
  const std::vector<ValueId> inputs = graph.node(id).inputs;
  for (const size_t i : {1, 0}) {
    auto divisor = reciprocal(graph.constant(inputs[i]));
    if (!divisor) continue;
    const std::string name = graph.value(inputs[i]).name + "_reciprocal";
    graph.set_inputs(
        id, {inputs[1 - i], graph.add_constant(graph.fresh_name(name), std::move(*divisor))});
    graph.edit(id).op_type = "Div";
    return true;
  }
  return false;
}

// The HTP of QNN 2.x cannot finalize a graph ("Memory allocation related error") in which a float
// Mul follows, however far behind, on a float Exp or Sqrt; it takes Div there. These are the boxes
// of detectors, in the tail that stays in float.
void divide_behind_exponentials(Graph& graph) {
  std::set<ValueId> behind;
  for (const NodeId id : graph.topological_order()) {
    const Node& node = graph.node(id);
    if (is_one_of(node, {"QuantizeLinear"})) continue;
    const bool follows = std::any_of(node.inputs.begin(), node.inputs.end(),
                                     [&](ValueId input) { return behind.contains(input); });
    if (!follows && !is_one_of(node, {"Exp", "Sqrt"})) continue;
    behind.insert(node.outputs.begin(), node.outputs.end());
    if (!is_one_of(node, {"Mul"}) || divide_instead(graph, id)) continue;
    log_warning(
        format("{}: the HTP does not take it in float behind Exp or Sqrt; --quantize-tail "
               "quantizes it",
               graph.describe(id)));
  }
}

Model lower(const Model& simulated, const QuantTable& table) {
  Model model = lower_to_qdq(
      simulated, table,
      {.drop_enforced_clamps = true, .quantize_before_clamps = true, .max_ir_version = 10});
  divide_behind_exponentials(model.graph);
  return model;
}

}  // namespace

extern const Target target_qnn = {
    .name = "qnn",
    .summary = "Snapdragon (QNN / SNPE): QDQ for the HTP, uint8 activations, static shapes",
    .policy = {.activation = {.bits = 8, .symmetric = false, .is_signed = false},
               .weight = {.bits = 8, .symmetric = true, .is_signed = true, .narrow = true},
               .matmul_per_channel = false,
               .quantize_normalization = true,
               .quantize_outputs = true,
               .fixed_batch = true,
               .microsoft_operators = true,
               .max_ir_version = 10},
    .lower = lower,
};

}  // namespace edgeopt
