#include "exec/engine_codes.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>

#include "base/format.h"
#include "base/parallel.h"
#include "exec/engine_constants.h"
#include "exec/engine_grids.h"
#include "kernels/quantized_convolution.h"
#include "ops/convolution.h"
#include "quant/encoding.h"

namespace edgeopt {
namespace {

// Operators that give elements of their first input (Concat: of all) and add none of their own.
constexpr std::array<std::string_view, 11> kMovers = {
    "Concat",       "DepthToSpace", "Flatten",   "Reshape",   "Resize", "Slice",
    "SpaceToDepth", "Squeeze",      "Transpose", "Unsqueeze", "Gather"};

// Weights as codes with zero point 0.
struct CodedWeights {
  Tensor codes;              // int8
  std::vector<float> scale;  // one, or one for each output channel
};

bool fits_int8(int32_t code) {
  return code >= std::numeric_limits<int8_t>::min() && code <= std::numeric_limits<int8_t>::max();
}

// Codes less their zero points; nothing: they do not fit.
std::optional<Tensor> centred(const Tensor& codes, const std::vector<int32_t>& zero_points) {
  Tensor bytes = Tensor::unset(DataType::kInt8, codes.shape());
  const int64_t run = codes.size() / static_cast<int64_t>(zero_points.size());
  const bool is_signed = codes.type() == DataType::kInt8;
  int64_t at = 0;
  for (const int32_t zero_point : zero_points) {
    for (const int64_t end = at + run; at < end; ++at) {
      const int32_t stored = is_signed ? codes.data<int8_t>()[at] : codes.data<uint8_t>()[at];
      if (!fits_int8(stored - zero_point)) return std::nullopt;
      bytes.mutable_data<int8_t>()[at] = static_cast<int8_t>(stored - zero_point);
    }
  }
  return bytes;
}

// The same of floats that are quantized first.
std::optional<Tensor> centred_codes(const Tensor& floats, const TensorEncoding& encoding) {
  constexpr int64_t kBlock = 4096;
  std::array<int32_t, kBlock> codes;
  Tensor bytes = Tensor::unset(DataType::kInt8, floats.shape());
  auto* to = bytes.mutable_data<int8_t>();
  bool fits = true;
  for_each_run(floats.shape(), encoding.spec.axis, [&](int64_t c, int64_t offset, int64_t count) {
    Grid grid = grid_of(encoding, encoding.scale.size() == 1 ? 0 : static_cast<size_t>(c));
    grid.low -= grid.zero_point;
    grid.high -= grid.zero_point;
    grid.zero_point = 0;
    fits = fits && fits_int8(grid.low) && fits_int8(grid.high);
    for (int64_t at = offset; fits && at < offset + count; at += kBlock) {
      const int64_t length = std::min(kBlock, offset + count - at);
      quantize(floats.data<float>() + at, codes.data(), length, grid);
      std::transform(codes.begin(), codes.begin() + length, to + at,
                     [](int32_t code) { return static_cast<int8_t>(code); });
    }
  });
  return fits ? std::optional(bytes) : std::nullopt;
}

// One number, or one for each output channel.
bool fits_channels(size_t count, const Shape& weights) {
  return count == 1 || (!weights.empty() && count == static_cast<size_t>(weights[0]));
}

std::vector<int32_t> integers(const Tensor& tensor) {
  std::vector<int32_t> result;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    result.push_back(tensor.type() == DataType::kInt8 ? tensor.data<int8_t>()[i]
                                                      : tensor.data<uint8_t>()[i]);
  }
  return result;
}

bool is_byte(const Tensor& tensor) {
  return tensor.type() == DataType::kInt8 || tensor.type() == DataType::kUint8;
}

class Coding {
 public:
  Coding(Graph& graph, const InferredGraph& inferred, const Wanted& wanted, const QuantTable& table)
      : graph_(graph), inferred_(inferred), wanted_(wanted), table_(table), grids_(graph, table) {}

  void run(int threads) {
    for (const NodeId id : graph_.topological_order()) {
      if (has_quantized_input(graph_.node(id))) converted_.push_back(id);
    }
    std::vector<std::optional<CodedWeights>> weights(converted_.size());
    parallel_for(threads, std::ssize(converted_), [&](int64_t i) {
      const auto index = static_cast<size_t>(i);
      weights[index] = coded_weights(graph_.node(converted_[index]));
    });
    for (size_t i = 0; i < weights.size(); ++i) {
      if (weights[i]) weights_[converted_[i]] = std::move(*weights[i]);
    }
    std::erase_if(converted_, [&](NodeId id) { return !weights_.contains(id); });
    for (const NodeId id : converted_) convert(graph_.node(id));
  }

 private:
  bool has_quantized_input(const Node& node) {
    if (node.op_type != "Conv" || !node.domain.empty() || !is_constant(node, 2)) return false;
    const InferredValue& x = inferred_[node.inputs[0]];
    const InferredValue& w = inferred_[node.inputs[1]];
    const bool known =
        x.type == DataType::kFloat && x.shape && w.shape && !inferred_.gaps.contains(node.id);
    return known && byte_grid(node.inputs[0]);
  }

  // Nothing: the convolution stays as it is.
  std::optional<CodedWeights> coded_weights(const Node& conv) const {
    const Complain never = [](const std::string& why) { fail(ErrorCode::kInternal, "{}", why); };
    const ConvolutionShape shape = convolution_shape(conv, *inferred_[conv.inputs[0]].shape,
                                                     *inferred_[conv.inputs[1]].shape, never);
    return multiplies_codes(shape) ? weights_of(conv.inputs[1]) : std::nullopt;
  }

  void convert(Node made) {
    const NodeId conv = made.id;
    const Grid grid = *byte_grid(made.inputs[0]);
    CodedWeights& weights = weights_.at(conv);
    const int64_t channels = weights.codes.dim(0);
    std::vector<float> scale(static_cast<size_t>(channels));
    for (size_t c = 0; c < scale.size(); ++c) {
      scale[c] = grid.scale * weights.scale[weights.scale.size() == 1 ? 0 : c];
    }
    made.op_type = "QuantizedConv";
    made.domain = "edgeopt";
    made.attributes.push_back({"x_zero_point", int64_t{grid.zero_point}});
    std::vector<ValueId> inputs = {codes_of(made.inputs[0]),
                                   graph_.add_constant("", std::move(weights.codes)),
                                   graph_.add_constant("", Tensor::from_floats({channels}, scale))};
    if (made.inputs.size() > 2 && made.inputs[2].valid()) inputs.push_back(made.inputs[2]);
    made.inputs = std::move(inputs);
    graph_.remove_node(conv);
    graph_.add_node(std::move(made));
  }

  // The grid of a value's codes as uint8; nothing: it does not have 256.
  std::optional<Grid> byte_grid(ValueId value) {
    std::optional<Grid> grid = grids_.of(value);
    if (!grid || grid->high - grid->low != 255) return std::nullopt;
    return Grid{grid->scale, grid->zero_point - grid->low, 0, 255};
  }

  // The producer moves codes as it moves floats.
  const Node* mover_of(ValueId value) const {
    const NodeId producer = graph_.value(value).producer;
    if (!producer.valid()) return nullptr;
    const Node& node = graph_.node(producer);
    const bool listed = std::find(kMovers.begin(), kMovers.end(), node.op_type) != kMovers.end();
    return listed && node.domain.empty() && node.outputs.size() == 1 ? &node : nullptr;
  }

  // Nobody reads the value but convolutions that are converted, and what moves it to them.
  bool only_codes_count(ValueId value) {
    if (wanted_.kept.contains(value)) return false;
    const std::vector<Use>& uses = graph_.value(value).uses;
    return std::all_of(uses.begin(), uses.end(), [&](const Use& use) {
      if (weights_.contains(use.node)) return use.input == 0;
      if (use.input < 0) return false;
      const ValueId result = graph_.node(use.node).outputs[0];
      const bool moved = mover_of(result) != nullptr && byte_grid(result);
      return moved && only_codes_count(result);
    });
  }

  ValueId codes_of(ValueId value) {
    const auto known = codes_.find(value);
    if (known != codes_.end()) return known->second;
    const bool only = only_codes_count(value);
    const Node* mover = only ? mover_of(value) : nullptr;
    const ValueId codes = mover != nullptr ? moved_codes(*mover) : quantized(value, only);
    codes_[value] = codes;
    return codes;
  }

  ValueId moved_codes(Node made) {
    const size_t data = made.op_type == "Concat" ? made.inputs.size() : 1;
    for (size_t i = 0; i < data; ++i) made.inputs[i] = codes_of(made.inputs[i]);
    return add(std::move(made));
  }

  // From in front of a FakeQuant where nobody else reads it.
  ValueId quantized(ValueId value, bool only) {
    const Grid grid = *byte_grid(value);
    Tensor zero_point(DataType::kUint8, {});
    *zero_point.mutable_data<uint8_t>() = static_cast<uint8_t>(grid.zero_point);
    const Node producer = graph_.node(graph_.value(value).producer);
    const bool in_front = only && simulated_encoding(producer, &table_) != nullptr;
    Node made;
    made.op_type = "QuantizeLinear";
    made.name = producer.name;
    made.inputs = {in_front ? producer.inputs[0] : value,
                   graph_.add_constant("", Tensor::scalar(grid.scale)),
                   graph_.add_constant("", std::move(zero_point))};
    return add(std::move(made));
  }

  ValueId add(Node made) {
    const ValueId codes = graph_.add_value("");
    made.outputs = {codes};
    graph_.add_node(std::move(made));
    return codes;
  }

  // A constant, or what is made of constants alone, or omitted.
  bool is_constant(const Node& node, size_t input) const {
    if (input >= node.inputs.size() || !node.inputs[input].valid()) return true;
    const ValueId value = node.inputs[input];
    if (graph_.constant(value) != nullptr) return true;
    const NodeId producer = graph_.value(value).producer;
    if (!producer.valid()) return false;
    const std::vector<ValueId>& inputs = graph_.node(producer).inputs;
    return std::all_of(inputs.begin(), inputs.end(),
                       [&](ValueId id) { return !id.valid() || graph_.constant(id) != nullptr; });
  }

  std::optional<CodedWeights> weights_of(ValueId value) const {
    const NodeId producer = graph_.value(value).producer;
    if (!producer.valid() || graph_.node(producer).inputs.empty()) return std::nullopt;
    const Node& node = graph_.node(producer);
    const Tensor* tensor = node.inputs[0].valid() ? graph_.constant(node.inputs[0]) : nullptr;
    if (tensor == nullptr || tensor->size() == 0) return std::nullopt;
    if (const TensorEncoding* encoding = simulated_encoding(node, &table_)) {
      const bool fits = fits_channels(encoding->scale.size(), tensor->shape());
      if (encoding->spec.bits > 8 || encoding->spec.axis > 0 || !fits) return std::nullopt;
      return with_scale(centred_codes(*tensor, *encoding), encoding->scale);
    }
    return node.op_type == "DequantizeLinear" && node.domain.empty() ? stored(node, *tensor)
                                                                     : std::nullopt;
  }

  // The input of a DequantizeLinear.
  std::optional<CodedWeights> stored(const Node& node, const Tensor& codes) const {
    const Tensor* scale = graph_.constant(node.inputs.at(1));
    if (!is_byte(codes) || scale == nullptr || scale->type() != DataType::kFloat) return {};
    const bool by_channel = scale->size() != 1;
    if (node.int_or("block_size", 0) != 0 || (by_channel && node.int_or("axis", 1) != 0)) return {};
    std::vector<int32_t> zero_points(static_cast<size_t>(scale->size()), 0);
    if (node.inputs.size() > 2 && node.inputs[2].valid()) {
      const Tensor* given = graph_.constant(node.inputs[2]);
      if (given == nullptr || given->size() != scale->size() || !is_byte(*given)) return {};
      zero_points = integers(*given);
    }
    if (!fits_channels(zero_points.size(), codes.shape())) return std::nullopt;
    return with_scale(centred(codes, zero_points),
                      {scale->data<float>(), scale->data<float>() + scale->size()});
  }

  static std::optional<CodedWeights> with_scale(std::optional<Tensor> codes,
                                                const std::vector<float>& scale) {
    const bool positive = std::all_of(scale.begin(), scale.end(), [](float s) { return s > 0; });
    if (!codes || !positive || !fits_channels(scale.size(), codes->shape())) return std::nullopt;
    return CodedWeights{std::move(*codes), scale};
  }

  Graph& graph_;
  const InferredGraph& inferred_;
  const Wanted& wanted_;
  const QuantTable& table_;
  Grids grids_;
  std::vector<NodeId> converted_;           // Conv nodes, in order
  std::map<NodeId, CodedWeights> weights_;  // of these; codes move into the graph
  std::map<ValueId, ValueId> codes_;
};

}  // namespace

void convolve_codes(Graph& graph, int64_t opset, const std::map<ValueId, Shape>& feed_shapes,
                    const Wanted& wanted, const QuantTable& table, int threads) {
  const std::vector<NodeId> nodes = graph.topological_order();
  const bool any = std::any_of(nodes.begin(), nodes.end(), [&](NodeId id) {
    const Node& node = graph.node(id);
    return simulated_encoding(node, &table) != nullptr || node.op_type == "DequantizeLinear";
  });
  if (!any) return;
  const InferredGraph inferred = infer_shapes(graph, opset, feed_shapes);
  Coding(graph, inferred, wanted, table).run(threads);
}

}  // namespace edgeopt
