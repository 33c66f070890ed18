#include "passes/layer_fold.h"

#include "base/format.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

int64_t extent(const Graph& graph, const Layer& layer, int axis) {
  return graph.constant(layer.weight)->dim(static_cast<size_t>(axis));
}

// Of a bias that is absent (zeros) or constant.
std::vector<double> bias_of(const Graph& graph, const Layer& layer) {
  const auto channels = static_cast<size_t>(output_channels(graph, layer));
  std::vector<double> bias(channels, 0.0);
  const Tensor* tensor = graph.constant(layer.bias);
  if (tensor == nullptr) return bias;
  for (size_t c = 0; c < channels; ++c) {
    bias[c] = static_cast<double>(tensor->data<float>()[tensor->size() == 1 ? 0 : c]);
  }
  return bias;
}

void set_bias(Graph& graph, const Layer& layer, const std::vector<double>& bias) {
  Tensor tensor(DataType::kFloat, {static_cast<int64_t>(bias.size())});
  for (size_t c = 0; c < bias.size(); ++c) {
    tensor.mutable_data<float>()[c] = static_cast<float>(bias[c]);
  }
  const NodeId id = layer.node;
  if (layer.bias.valid()) {
    replace_constant(graph, id, 2, std::move(tensor));
    return;
  }
  if (is_op(graph.node(id), "MatMul")) graph.edit(id).op_type = "Gemm";
  const std::string stem = graph.value(layer.weight).name + "_bias";
  put_input(graph, id, 2, graph.add_constant(graph.fresh_name(stem), std::move(tensor)));
}

// weight element *= factor(output channel, input channel)
template <typename Factor>
void scale_weight(Graph& graph, const Layer& layer, Factor&& factor) {
  Tensor scaled = *graph.constant(layer.weight);
  float* data = scaled.mutable_data<float>();
  for_each_weight(graph, layer, [&](int64_t out, int64_t in, int64_t first, int64_t count) {
    const double by = factor(out, in);
    for (int64_t i = first; i < first + count; ++i) {
      data[i] = static_cast<float>(by * static_cast<double>(data[i]));
    }
  });
  replace_constant(graph, layer.node, 1, std::move(scaled));
}

bool is_padded(const Node& node) {
  const std::string automatic = node.string_or("auto_pad", "NOTSET");
  if (automatic != "NOTSET" && automatic != "VALID") return true;
  const std::vector<int64_t> pads = node.ints_or("pads", {});
  return std::any_of(pads.begin(), pads.end(), [](int64_t pad) { return pad != 0; });
}

// A Gemm whose bias and product are taken as they are.
bool is_plain(const Node& node) {
  return !is_op(node, "Gemm") || (node.float_or("alpha", 1) == 1 && node.float_or("beta", 1) == 1);
}

bool can_add_bias(const Graph& graph, const Layer& layer, int64_t input_rank) {
  const Node& node = graph.node(layer.node);
  if (is_op(node, "MatMul")) return input_rank == 2 && graph.constant(layer.weight)->rank() == 2;
  if (!is_plain(node)) return false;
  if (!layer.bias.valid()) return true;
  const Tensor* bias = graph.constant(layer.bias);
  if (bias == nullptr || bias->type() != DataType::kFloat) return false;
  const int64_t channels = output_channels(graph, layer);
  const int64_t last = bias->rank() == 0 ? 1 : bias->shape().back();
  return bias->size() == last && (last == channels || last == 1);
}

}  // namespace

bool ChannelAffine::has_shift() const {
  return std::any_of(shift.begin(), shift.end(), [](double s) { return s != 0; });
}

ChannelAffine then(const ChannelAffine& first, const ChannelAffine& second) {
  ChannelAffine both = second;
  for (size_t c = 0; c < first.scale.size(); ++c) {
    both.scale[c] = first.scale[c] * second.scale[c];
    both.shift[c] = first.shift[c] * second.scale[c] + second.shift[c];
  }
  return both;
}

int64_t output_channels(const Graph& graph, const Layer& layer) {
  const bool grouped = layer.output_axis > layer.input_axis;
  return extent(graph, layer, layer.output_axis) * (grouped ? layer.groups : 1);
}

int64_t input_channels(const Graph& graph, const Layer& layer) {
  const bool grouped = layer.input_axis > layer.output_axis;
  return extent(graph, layer, layer.input_axis) * (grouped ? layer.groups : 1);
}

std::optional<ChannelAffine> affine_of(const Graph& graph, NodeId id, size_t input,
                                       int64_t channels, int64_t axis, int64_t rank) {
  const Node& node = graph.node(id);
  if (node.inputs.size() != 2 || channels <= 0) return std::nullopt;
  const Tensor* operand = graph.constant(node.inputs[1 - input]);
  if (operand == nullptr || operand->type() != DataType::kFloat) return std::nullopt;
  const auto operand_rank = static_cast<int64_t>(operand->rank());
  if (operand_rank > rank) return std::nullopt;
  for (int64_t i = 0; i < operand_rank; ++i) {
    const int64_t size = operand->shape()[static_cast<size_t>(i)];
    if (size != 1 && (i + rank - operand_rank != axis || size != channels)) return std::nullopt;
  }
  ChannelAffine affine;
  for (int64_t c = 0; c < channels; ++c) {
    const auto value = static_cast<double>(operand->data<float>()[operand->size() == 1 ? 0 : c]);
    double scale = 1;
    double shift = 0;
    if (is_op(node, "Add")) {
      shift = value;
    } else if (is_op(node, "Sub")) {
      scale = input == 0 ? 1 : -1;
      shift = input == 0 ? -value : value;
    } else if (is_op(node, "Mul")) {
      scale = value;
    } else if (is_op(node, "Div") && input == 0 && value != 0) {
      scale = 1 / value;
    } else {
      return std::nullopt;
    }
    affine.scale.push_back(scale);
    affine.shift.push_back(shift);
  }
  return affine;
}

bool can_fold_behind(const Graph& graph, const Layer& layer, const ChannelAffine& affine,
                     int64_t input_rank) {
  if (!layer.bias.valid() && !affine.has_shift()) return true;
  return can_add_bias(graph, layer, input_rank);
}

void fold_behind(Graph& graph, const Layer& layer, const ChannelAffine& affine) {
  std::vector<double> bias = bias_of(graph, layer);
  const auto at = [](int64_t channel) { return static_cast<size_t>(channel); };
  if (std::any_of(affine.scale.begin(), affine.scale.end(), [](double s) { return s != 1; })) {
    scale_weight(graph, layer, [&](int64_t out, int64_t) { return affine.scale[at(out)]; });
  }
  for (size_t c = 0; c < bias.size(); ++c) {
    bias[c] = bias[c] * affine.scale[c] + affine.shift[c];
  }
  if (!layer.bias.valid() && !affine.has_shift()) return;
  set_bias(graph, layer, bias);
}

bool can_fold_before(const Graph& graph, const Layer& layer, const ChannelAffine& affine,
                     int64_t input_rank) {
  const Node& node = graph.node(layer.node);
  if (node.int_or("transA", 0) != 0) return false;
  if (!affine.has_shift()) return true;
  if (is_op(node, "ConvTranspose") || (is_op(node, "Conv") && is_padded(node))) return false;
  return can_add_bias(graph, layer, input_rank);
}

void fold_before(Graph& graph, const Layer& layer, const ChannelAffine& affine) {
  const auto at = [](int64_t channel) { return static_cast<size_t>(channel); };
  std::vector<double> bias = bias_of(graph, layer);
  const float* weight = graph.constant(layer.weight)->data<float>();
  for_each_weight(graph, layer, [&](int64_t out, int64_t in, int64_t first, int64_t count) {
    double sum = 0;
    for (int64_t i = first; i < first + count; ++i) sum += static_cast<double>(weight[i]);
    bias[at(out)] += sum * affine.shift[at(in)];
  });
  scale_weight(graph, layer, [&](int64_t, int64_t in) { return affine.scale[at(in)]; });
  if (!affine.has_shift()) return;
  set_bias(graph, layer, bias);
}

}  // namespace edgeopt
