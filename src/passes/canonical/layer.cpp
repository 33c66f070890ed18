// Arithmetic with constants behind a layer moves into its weights and bias; Gemm gets its plain
// form.
#include <algorithm>

#include "passes/canonical/rules.h"
#include "passes/layer_fold.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

int64_t rank_of(const KnownValues& known, ValueId value) { return known.rank(value).value_or(-1); }

// The rank of the layer's result and the axis that counts its channels; rank -1 when not known.
struct Place {
  int64_t rank = -1;
  int64_t axis = 1;
};

Place place_of(const Graph& graph, const KnownValues& known, const Layer& layer) {
  const Node& node = graph.node(layer.node);
  if (is_op(node, "Gemm")) return {2, 1};
  if (is_op(node, "MatMul")) {
    const int64_t rank = rank_of(known, layer.input);
    // A weight with batch dimensions may raise the rank.
    if (rank < 2 || graph.constant(layer.weight)->rank() != 2) return {};
    return {rank, rank - 1};
  }
  return {static_cast<int64_t>(graph.constant(layer.weight)->rank()), 1};
}

bool fold_into_layer(Graph& graph, const KnownValues& known, NodeId id) {
  const Node& node = graph.node(id);
  for (size_t input = 0; input < node.inputs.size(); ++input) {
    if (!reads_alone(graph, id, input)) continue;
    const auto layer = layer_of(graph, graph.value(node.inputs[input]).producer);
    if (!layer) continue;
    const Place place = place_of(graph, known, *layer);
    if (place.rank < 0) continue;
    const auto affine =
        affine_of(graph, id, input, output_channels(graph, *layer), place.axis, place.rank);
    if (!affine) continue;
    if (!can_fold_behind(graph, *layer, *affine, rank_of(known, layer->input))) continue;
    fold_behind(graph, *layer, *affine);
    merge_into_producer(graph, id, input);
    return true;
  }
  return false;
}

// alpha and beta go into the constants, a bias gets one number for each output.
bool simplify_gemm(Graph& graph, const KnownValues&, NodeId id) {
  const auto layer = layer_of(graph, id);
  if (!layer) return false;
  const float alpha = graph.node(id).float_or("alpha", 1);
  const float beta = graph.node(id).float_or("beta", 1);
  const Tensor* bias = graph.constant(layer->bias);
  if (layer->bias.valid() && (bias == nullptr || bias->type() != DataType::kFloat)) return false;
  const auto scaled = [](const Tensor& tensor, float by) {
    Tensor result = tensor;
    float* data = result.mutable_data<float>();
    for (int64_t i = 0; i < result.size(); ++i) data[i] *= by;
    return result;
  };
  bool changed = false;
  if (alpha != 1) {
    replace_constant(graph, id, 1, scaled(*graph.constant(layer->weight), alpha));
    graph.edit(id).remove_attribute("alpha");
    changed = true;
  }
  if (beta != 1) {
    if (bias != nullptr) replace_constant(graph, id, 2, scaled(*bias, beta));
    graph.edit(id).remove_attribute("beta");
    changed = true;
  }
  bias = graph.constant(input_of(graph.node(id), 2));
  const int64_t channels = output_channels(graph, *layer);
  const bool spread = bias != nullptr && bias->rank() <= 2 && bias->rank() != 1 &&
                      (bias->size() == 1 || (bias->size() == channels && bias->dim(0) == 1));
  if (spread || (bias != nullptr && bias->size() == 1 && channels != 1)) {
    Tensor vector(DataType::kFloat, {channels});
    for (int64_t c = 0; c < channels; ++c) {
      vector.mutable_data<float>()[c] = bias->data<float>()[bias->size() == 1 ? 0 : c];
    }
    replace_constant(graph, id, 2, std::move(vector));
    changed = true;
  }
  return changed;
}

constexpr CanonicalRule kRules[] = {
    {"Gemm", simplify_gemm},  {"Add", fold_into_layer}, {"Sub", fold_into_layer},
    {"Mul", fold_into_layer}, {"Div", fold_into_layer},
};

}  // namespace

std::span<const CanonicalRule> layer_rules() { return kRules; }

}  // namespace edgeopt
