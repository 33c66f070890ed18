#include "exec/engine_codes.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/format.h"
#include "exec/engine_constants.h"
#include "kernels/quantized_convolution.h"
#include "ops/convolution.h"
#include "quant/encoding.h"

namespace edgeopt {
namespace {

// Weights as codes with zero point 0.
struct CodedWeights {
  Tensor codes;              // int8
  std::vector<float> scale;  // one, or one for each output channel
};

// Codes less their zero points; nothing: they do not fit.
std::optional<Tensor> centred(const Shape& shape, const std::vector<int32_t>& codes,
                              const std::vector<int32_t>& zero_points) {
  Tensor bytes(DataType::kInt8, shape);
  auto* to = bytes.mutable_data<int8_t>();
  const size_t run = codes.size() / zero_points.size();
  for (size_t i = 0; i < codes.size(); ++i) {
    const int32_t code = codes[i] - zero_points[i / run];
    if (code < std::numeric_limits<int8_t>::min() || code > std::numeric_limits<int8_t>::max()) {
      return std::nullopt;
    }
    to[i] = static_cast<int8_t>(code);
  }
  return bytes;
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
      : graph_(graph), inferred_(inferred), wanted_(wanted), table_(table) {}

  void run() {
    for (const NodeId id : graph_.topological_order()) {
      const Node node = graph_.node(id);  // a copy: nodes are added
      if (node.op_type == "Conv" && node.domain.empty()) convert(node);
    }
    // Codes are taken from in front of a FakeQuant that nobody else reads.
    for (const auto& [quantizer, codes] : coded_) {
      const ValueId floats = graph_.node(quantizer).outputs[0];
      const bool read = wanted_.kept.contains(floats) || !graph_.value(floats).uses.empty();
      if (read) graph_.set_input(graph_.value(codes).producer, 0, floats);
    }
  }

 private:
  void convert(const Node& node) {
    const NodeId quantizer = quantizer_of(node.inputs[0]);
    if (!quantizer.valid() || !is_constant(node, 2)) return;
    const InferredValue& x = inferred_[node.inputs[0]];
    const InferredValue& w = inferred_[node.inputs[1]];
    if (x.type != DataType::kFloat || !x.shape || !w.shape || inferred_.gaps.contains(node.id)) {
      return;
    }
    const Complain never = [&](const std::string& why) { fail(ErrorCode::kInternal, "{}", why); };
    if (!multiplies_codes(convolution_shape(node, *x.shape, *w.shape, never))) return;
    auto weights = weights_of(node.inputs[1]);
    if (!weights) return;
    const TensorEncoding& encoding = *simulated_encoding(graph_.node(quantizer), &table_);
    const auto channels = static_cast<size_t>(w.shape->at(0));
    std::vector<float> scale(channels);
    for (size_t c = 0; c < channels; ++c) {
      scale[c] = encoding.scale[0] * weights->scale[weights->scale.size() == 1 ? 0 : c];
    }
    Node made = node;
    made.op_type = "QuantizedConv";
    made.domain = "edgeopt";
    made.attributes.push_back({"x_zero_point", int64_t{unsigned_zero_point(encoding)}});
    made.inputs = {codes_of(quantizer, encoding),
                   graph_.add_constant("", std::move(weights->codes)),
                   graph_.add_constant("", Tensor::from_floats({w.shape->at(0)}, scale))};
    if (node.inputs.size() > 2 && node.inputs[2].valid()) made.inputs.push_back(node.inputs[2]);
    graph_.remove_node(node.id);
    graph_.add_node(std::move(made));
  }

  // The FakeQuant to 256 codes that makes the value.
  NodeId quantizer_of(ValueId value) const {
    const NodeId producer = graph_.value(value).producer;
    if (!producer.valid()) return {};
    const TensorEncoding* encoding = simulated_encoding(graph_.node(producer), &table_);
    const bool bytes = encoding != nullptr && encoding->scale.size() == 1 &&
                       encoding->spec.bits == 8 && !encoding->spec.narrow;
    return bytes ? producer : NodeId{};
  }

  // As uint8 codes.
  static int32_t unsigned_zero_point(const TensorEncoding& encoding) {
    return encoding.zero_point[0] - static_cast<int32_t>(lowest_code(encoding.spec));
  }

  ValueId codes_of(NodeId quantizer, const TensorEncoding& encoding) {
    ValueId& codes = coded_[quantizer];
    if (codes.valid()) return codes;
    Tensor zero_point(DataType::kUint8, {});
    *zero_point.mutable_data<uint8_t>() = static_cast<uint8_t>(unsigned_zero_point(encoding));
    Node made;
    made.op_type = "QuantizeLinear";
    made.name = graph_.node(quantizer).name;
    made.inputs = {graph_.node(quantizer).inputs[0],
                   graph_.add_constant("", Tensor::scalar(encoding.scale[0])),
                   graph_.add_constant("", std::move(zero_point))};
    codes = graph_.add_value("");
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
      if (encoding->spec.bits > 8 || encoding->spec.axis > 0) return std::nullopt;
      return coded(tensor->shape(), quantize(*tensor, *encoding), encoding->zero_point,
                   encoding->scale);
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
    return coded(codes.shape(), integers(codes), zero_points,
                 {scale->data<float>(), scale->data<float>() + scale->size()});
  }

  static std::optional<CodedWeights> coded(const Shape& shape, const std::vector<int32_t>& codes,
                                           const std::vector<int32_t>& zero_points,
                                           const std::vector<float>& scale) {
    const bool positive = std::all_of(scale.begin(), scale.end(), [](float s) { return s > 0; });
    if (!positive || !fits_channels(scale.size(), shape) || zero_points.size() != scale.size()) {
      return std::nullopt;
    }
    auto bytes = centred(shape, codes, zero_points);
    if (!bytes) return std::nullopt;
    return CodedWeights{std::move(*bytes), scale};
  }

  Graph& graph_;
  const InferredGraph& inferred_;
  const Wanted& wanted_;
  const QuantTable& table_;
  std::map<NodeId, ValueId> coded_;  // by FakeQuant
};

}  // namespace

void convolve_codes(Graph& graph, int64_t opset, const std::map<ValueId, Shape>& feed_shapes,
                    const Wanted& wanted, const QuantTable& table) {
  const std::vector<NodeId> nodes = graph.topological_order();
  const bool any = std::any_of(nodes.begin(), nodes.end(), [&](NodeId id) {
    return simulated_encoding(graph.node(id), &table) != nullptr;
  });
  if (!any) return;
  const InferredGraph inferred = infer_shapes(graph, opset, feed_shapes);
  Coding(graph, inferred, wanted, table).run();
}

}  // namespace edgeopt
