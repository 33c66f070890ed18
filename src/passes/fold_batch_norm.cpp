// fold-batch-norm: y = scale * (x - mean) / sqrt(var + epsilon) + shift becomes part of the layer
// before it, or else of the layer behind it. In double precision, stored as float.
//
// * Before: Conv, ConvTranspose (any groups), Gemm, MatMul, with constant arithmetic between. Only
//   where nothing else reads the layer's output. A weight that other nodes read is copied.
// * Behind: Conv (unpadded, or with a shift of zero), Gemm and MatMul, also through Flatten or
//   Reshape.
// * What is left over becomes a depthwise 1x1 Conv (rank 4) or Mul and Add, because targets refuse
//   batch normalization on integers.
#include <array>
#include <cmath>

#include "base/format.h"
#include "passes/known_values.h"
#include "passes/layer_fold.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

std::optional<ChannelAffine> batch_norm_affine(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.inputs.size() < 5 || node.int_or("training_mode", 0) != 0) return std::nullopt;
  if (!only_first_output_used(graph, id)) return std::nullopt;
  std::array<const float*, 4> parameters{};
  const Tensor* first = graph.constant(node.inputs[1]);
  for (size_t i = 0; i < 4; ++i) {
    const Tensor* tensor = graph.constant(node.inputs[i + 1]);
    if (tensor == nullptr || tensor->type() != DataType::kFloat) return std::nullopt;
    if (tensor->size() != first->size()) return std::nullopt;
    parameters[i] = tensor->data<float>();
  }
  const auto epsilon = static_cast<double>(node.float_or("epsilon", 1e-5F));
  ChannelAffine affine;
  for (int64_t c = 0; c < first->size(); ++c) {
    const auto [scale, shift, mean, variance] =
        std::array{static_cast<double>(parameters[0][c]), static_cast<double>(parameters[1][c]),
                   static_cast<double>(parameters[2][c]), static_cast<double>(parameters[3][c])};
    affine.scale.push_back(scale / std::sqrt(variance + epsilon));
    affine.shift.push_back(shift - mean * affine.scale.back());
  }
  return affine;
}

class Folder {
 public:
  Folder(Graph& graph, const KnownValues& known) : graph_(graph), known_(known) {}

  int64_t run(const std::string& leftover) {
    each([&](NodeId id, const ChannelAffine& affine) { return fold_into_producer(id, affine); });
    each([&](NodeId id, const ChannelAffine& affine) { return fold_into_user(id, affine); });
    if (leftover == "conv") {
      each([&](NodeId id, const ChannelAffine& affine) { return become_conv(id, affine); });
    }
    if (leftover != "keep") {
      each([&](NodeId id, const ChannelAffine& affine) { return become_mul_add(id, affine); });
    }
    return changes_;
  }

 private:
  template <typename F>
  void each(F&& fold) {
    for (const NodeId id : graph_.topological_order()) {
      if (!graph_.alive(id) || !is_op(graph_.node(id), "BatchNormalization")) continue;
      const auto affine = batch_norm_affine(graph_, id);
      if (affine && fold(id, *affine)) ++changes_;
    }
  }

  int64_t rank_of(ValueId value) const { return known_.rank(value).value_or(-1); }

  // A layer whose channels are those of the normalization: a MatMul only on rank 2.
  std::optional<Layer> matching_layer(NodeId id, int64_t channels) const {
    const auto layer = layer_of(graph_, id);
    if (!layer || output_channels(graph_, *layer) != channels) return std::nullopt;
    if (is_op(graph_.node(id), "MatMul") && rank_of(layer->input) != 2) return std::nullopt;
    return layer;
  }

  // Walks up over constant arithmetic that only this chain reads.
  bool fold_into_producer(NodeId id, ChannelAffine affine) {
    const auto channels = static_cast<int64_t>(affine.scale.size());
    std::vector<std::pair<NodeId, size_t>> chain = {{id, 0}};  // node, input that comes from above
    while (reads_alone(graph_, chain.back().first, chain.back().second)) {
      const auto [node, input] = chain.back();
      const ValueId value = graph_.node(node).inputs[input];
      const NodeId above = graph_.value(value).producer;
      if (const auto layer = matching_layer(above, channels)) {
        if (!can_fold_behind(graph_, *layer, affine, rank_of(layer->input))) return false;
        fold_behind(graph_, *layer, affine);
        for (auto link = chain.rbegin(); link != chain.rend(); ++link) {
          merge_into_producer(graph_, link->first, link->second);
        }
        return true;
      }
      if (!extend(chain, above, affine, rank_of(value))) return false;
    }
    return false;
  }

  bool extend(std::vector<std::pair<NodeId, size_t>>& chain, NodeId above, ChannelAffine& affine,
              int64_t rank) const {
    if (rank < 2) return false;
    for (size_t input = 0; input < std::min<size_t>(graph_.node(above).inputs.size(), 2); ++input) {
      const auto first =
          affine_of(graph_, above, input, static_cast<int64_t>(affine.scale.size()), 1, rank);
      if (!first) continue;
      affine = then(*first, affine);
      chain.emplace_back(above, input);
      return true;
    }
    return false;
  }

  bool fold_into_user(NodeId id, ChannelAffine affine) {
    if (!can_bypass(graph_, id)) return false;
    NodeId user = graph_.only_user(graph_.node(id).outputs[0]);
    if (!user.valid()) return false;
    NodeId last = id;  // whose output the layer must read as its data
    if (is_op(graph_.node(user), "Flatten") || is_op(graph_.node(user), "Reshape")) {
      if (!flatten_affine(user, affine)) return false;
      last = user;
      user = graph_.only_user(graph_.node(user).outputs[0]);
      if (!user.valid() || is_conv(user)) return false;
    } else if (!is_conv(user) && rank_of(graph_.node(id).inputs[0]) != 2) {
      return false;
    }
    const auto layer = layer_of(graph_, user);
    if (!layer || graph_.value(layer->input).producer != last) return false;
    if (input_channels(graph_, *layer) != std::ssize(affine.scale)) return false;
    if (!can_fold_before(graph_, *layer, affine, rank_of(layer->input))) return false;
    fold_before(graph_, *layer, affine);
    bypass(graph_, id);
    return true;
  }

  bool is_conv(NodeId id) const {
    return is_op(graph_.node(id), "Conv") || is_op(graph_.node(id), "ConvTranspose");
  }

  // From channels to the elements of a flattened sample: each channel's numbers repeat.
  bool flatten_affine(NodeId flatten, ChannelAffine& affine) const {
    const auto dims = known_.dims(graph_.node(flatten).inputs[0]);
    const auto flat = known_.dims(graph_.node(flatten).outputs[0]);
    if (!dims || !flat || flat->size() != 2 || dims->size() < 2) return false;
    if ((*dims)[0] != (*flat)[0] || (*dims)[1] != std::ssize(affine.scale)) return false;
    int64_t inner = 1;
    for (size_t i = 2; i < dims->size(); ++i) inner *= (*dims)[i];
    if (inner <= 0 || inner * (*dims)[1] != (*flat)[1]) return false;
    ChannelAffine repeated;
    for (size_t c = 0; c < affine.scale.size(); ++c) {
      repeated.scale.insert(repeated.scale.end(), static_cast<size_t>(inner), affine.scale[c]);
      repeated.shift.insert(repeated.shift.end(), static_cast<size_t>(inner), affine.shift[c]);
    }
    affine = std::move(repeated);
    return true;
  }

  ValueId add_parameter(NodeId id, const char* what, const std::vector<double>& values,
                        Shape shape) {
    Tensor tensor(DataType::kFloat, std::move(shape));
    for (size_t c = 0; c < values.size(); ++c) {
      tensor.mutable_data<float>()[c] = static_cast<float>(values[c]);
    }
    const std::string stem = graph_.value(graph_.node(id).outputs[0]).name;
    return graph_.add_constant(graph_.fresh_name(format("{}_{}", stem, what)), std::move(tensor));
  }

  void drop_other_outputs(NodeId& id) {
    if (graph_.node(id).outputs.size() > 1) id = keep_outputs(graph_, id, 1);
  }

  bool become_conv(NodeId id, const ChannelAffine& affine) {
    if (rank_of(graph_.node(id).inputs[0]) != 4) return false;
    const int64_t channels = std::ssize(affine.scale);
    const ValueId scale = add_parameter(id, "scale", affine.scale, {channels, 1, 1, 1});
    const ValueId shift = add_parameter(id, "shift", affine.shift, {channels});
    drop_other_outputs(id);
    become_operator(graph_, id, "Conv", {graph_.node(id).inputs[0], scale, shift});
    graph_.edit(id).set_attribute("kernel_shape", std::vector<int64_t>{1, 1});
    graph_.edit(id).set_attribute("group", channels);
    return true;
  }

  bool become_mul_add(NodeId id, const ChannelAffine& affine) {
    const int64_t rank = rank_of(graph_.node(id).inputs[0]);
    if (rank < 2) return false;
    Shape shape(static_cast<size_t>(rank - 1), 1);
    shape[0] = std::ssize(affine.scale);
    const std::string stem = graph_.value(graph_.node(id).outputs[0]).name;
    Node mul;
    mul.op_type = "Mul";
    if (!graph_.node(id).name.empty()) mul.name = graph_.node(id).name + "_scale";
    mul.inputs = {graph_.node(id).inputs[0], add_parameter(id, "scale", affine.scale, shape)};
    mul.outputs = {graph_.add_value(graph_.fresh_name(stem + "_scaled"))};
    const ValueId shift = add_parameter(id, "shift", affine.shift, shape);
    drop_other_outputs(id);
    become_operator(graph_, id, "Add", {mul.outputs[0], shift});
    graph_.add_node(std::move(mul));
    return true;
  }

  Graph& graph_;
  const KnownValues& known_;
  int64_t changes_ = 0;
};

int64_t run(Model& model, QuantTable&, PassContext& context, const OptionValues& options) {
  const KnownValues known(model, context);
  return Folder(model.graph, known).run(options.text("leftover"));
}

}  // namespace

extern const Pass pass_fold_batch_norm = {
    .name = "fold-batch-norm",
    .summary = "fold batch normalization into the layer before or behind it",
    .options = {{.name = "leftover",
                 .type = OptionSpec::Type::kChoice,
                 .default_value = "conv",
                 .help = "what becomes of normalization without such a layer: depthwise 1x1 "
                         "convolution, Mul and Add, or as it is",
                 .choices = "conv|mul-add|keep"}},
    .run = run,
};

}  // namespace edgeopt
