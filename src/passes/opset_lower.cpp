// What each opset from 14 on added to operators, and how a node that does not use it is lowered.
// Changes that only let an operator take more types are not listed: types are checked by
// themselves.
#include <algorithm>

#include "base/format.h"
#include "passes/opset_rules.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

enum class Added { kOperator, kAttribute, kInput, kAxesInput, kMeaning };

struct Addition {
  std::string_view op_type;
  int64_t since;
  Added what;
  std::string_view attribute = {};  // kAttribute: removed when it has the default
  int64_t default_int = 0;
  std::string_view default_string = {};
  size_t inputs = 0;  // kInput: as many were there before
};

constexpr Addition op(std::string_view name, int64_t since) {
  return {name, since, Added::kOperator};
}
constexpr Addition integer(std::string_view name, int64_t since, std::string_view attribute,
                           int64_t default_value) {
  return {name, since, Added::kAttribute, attribute, default_value};
}
constexpr Addition text(std::string_view name, int64_t since, std::string_view attribute,
                        std::string_view default_value) {
  return {name, since, Added::kAttribute, attribute, 0, default_value};
}
constexpr Addition input(std::string_view name, int64_t since, size_t before) {
  return {name, since, Added::kInput, {}, 0, {}, before};
}
constexpr Addition axes(std::string_view name) { return {name, 18, Added::kAxesInput}; }
constexpr Addition meaning(std::string_view name, int64_t since) {
  return {name, since, Added::kMeaning};
}

constexpr Addition kAdditions[] = {
    integer("BatchNormalization", 14, "training_mode", 0),
    integer("GRU", 14, "layout", 0),
    integer("LSTM", 14, "layout", 0),
    integer("RNN", 14, "layout", 0),
    integer("Reshape", 14, "allowzero", 0),
    op("HardSwish", 14),
    op("Trilu", 14),
    op("Bernoulli", 15),
    op("CastLike", 15),
    op("Optional", 15),
    op("OptionalGetElement", 15),
    op("OptionalHasElement", 15),
    integer("Shape", 15, "start", 0),
    {"Shape", 15, Added::kAttribute, "end"},  // has no default
    op("GridSample", 16),
    meaning("RoiAlign", 16),
    text("ScatterElements", 16, "reduction", "none"),
    text("ScatterND", 16, "reduction", "none"),
    op("BlackmanWindow", 17),
    op("DFT", 17),
    op("HammingWindow", 17),
    op("HannWindow", 17),
    op("LayerNormalization", 17),
    op("MelWeightMatrix", 17),
    op("STFT", 17),
    op("SequenceMap", 17),
    op("BitwiseAnd", 18),
    op("BitwiseNot", 18),
    op("BitwiseOr", 18),
    op("BitwiseXor", 18),
    op("CenterCropPad", 18),
    op("Col2Im", 18),
    op("GroupNormalization", 18),
    op("Mish", 18),
    integer("LpPool", 18, "ceil_mode", 0),
    {"LpPool", 18, Added::kAttribute, "dilations"},
    input("Pad", 18, 3),
    axes("ReduceL1"),
    axes("ReduceL2"),
    axes("ReduceLogSum"),
    axes("ReduceLogSumExp"),
    axes("ReduceMax"),
    axes("ReduceMean"),
    axes("ReduceMin"),
    axes("ReduceProd"),
    axes("ReduceSumSquare"),
    integer("Resize", 18, "antialias", 0),
    {"Resize", 18, Added::kAttribute, "axes"},
    text("Resize", 18, "keep_aspect_ratio_policy", "stretch"),
    integer("Split", 18, "num_outputs", -1),  // see lower_split
    op("DeformConv", 19),
    {"AveragePool", 19, Added::kAttribute, "dilations"},
    integer("Cast", 19, "saturate", 1),
    integer("CastLike", 19, "saturate", 1),
    integer("QuantizeLinear", 19, "saturate", 1),
    op("AffineGrid", 20),
    op("Gelu", 20),
    op("ImageDecoder", 20),
    op("RegexFullMatch", 20),
    op("StringConcat", 20),
    op("StringSplit", 20),
    meaning("DFT", 20),
    meaning("GridSample", 20),
    integer("QuantizeLinear", 21, "block_size", 0),
    integer("QuantizeLinear", 21, "output_dtype", 0),
    integer("DequantizeLinear", 21, "block_size", 0),
    meaning("GroupNormalization", 21),
    op("Attention", 23),
    op("RMSNormalization", 23),
    op("RotaryEmbedding", 23),
    integer("QuantizeLinear", 23, "precision", 0),
    integer("DequantizeLinear", 23, "output_dtype", 0),
    op("Swish", 24),
    op("TensorScatter", 24),
    input("Attention", 24, 6),
    text("Cast", 24, "round_mode", "up"),
    text("CastLike", 24, "round_mode", "up"),
    {"Attention", 25, Added::kAttribute, "left_window_size"},
    {"Attention", 25, Added::kAttribute, "right_window_size"},
};

[[noreturn]] void refuse(const OpsetChange& change, NodeId id, const std::string& why) {
  fail(ErrorCode::kUnsupported, "{}: cannot be lowered from opset {} to {}: {}",
       change.model.graph.describe(id), change.from, change.to, why);
}

void lower_split(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  const Node& node = graph.node(id);
  if (node.find_attribute("num_outputs") == nullptr) return;
  std::vector<int64_t> sizes;
  for (const ValueId output : node.outputs) {
    const auto dims = change.known->dims(output);
    const int64_t rank = dims ? static_cast<int64_t>(dims->size()) : 0;
    const int64_t axis = node.int_or("axis", 0) + (node.int_or("axis", 0) < 0 ? rank : 0);
    const int64_t size = axis >= 0 ? change.known->dim(output, static_cast<size_t>(axis)) : -1;
    if (size < 0) refuse(change, id, "the sizes of its outputs are not known");
    sizes.push_back(size);
  }
  graph.edit(id).remove_attribute("num_outputs");
  const std::string name = graph.value(node.outputs.at(0)).name + "_split";
  put_input(graph, id, 1, add_ints(graph, name, sizes));
  ++change.changes;
}

void lower_axes(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  if (graph.node(id).int_or("noop_with_empty_axes", 0) != 0) {
    refuse(change, id, "noop_with_empty_axes is 1");
  }
  graph.edit(id).remove_attribute("noop_with_empty_axes");
  if (graph.node(id).inputs.size() < 2) return;
  const ValueId input = graph.node(id).inputs[1];
  const auto values = constant_ints(graph, input);
  if (input.valid() && !values) refuse(change, id, "its axes are not constant");
  keep_inputs(graph, id, 1);
  if (values && !values->empty()) graph.edit(id).set_attribute("axes", *values);
  ++change.changes;
}

void lower_attribute(OpsetChange& change, NodeId id, const Addition& added) {
  Node& node = change.model.graph.edit(id);
  const Attribute* attribute = node.find_attribute(added.attribute);
  if (attribute == nullptr) return;
  const auto* number = std::get_if<int64_t>(&attribute->value);
  const auto* words = std::get_if<std::string>(&attribute->value);
  const auto* list = std::get_if<std::vector<int64_t>>(&attribute->value);
  const bool is_default =
      (number != nullptr && added.attribute != "end" && *number == added.default_int) ||
      (words != nullptr && *words == added.default_string) ||
      (list != nullptr && std::count(list->begin(), list->end(), 1) == std::ssize(*list) &&
       added.attribute == "dilations");
  if (!is_default) {
    refuse(change, id, format("its attribute {} came with opset {}", added.attribute, added.since));
  }
  node.remove_attribute(added.attribute);
  ++change.changes;
}

void lower_addition(OpsetChange& change, NodeId id, const Addition& added) {
  switch (added.what) {
    case Added::kOperator:
      refuse(change, id, format("the operator came with opset {}", added.since));
    case Added::kMeaning:
      refuse(change, id, format("the operator changed with opset {}", added.since));
    case Added::kAttribute:
      if (added.op_type == "Split") return lower_split(change, id);
      return lower_attribute(change, id, added);
    case Added::kInput:
      if (input_of(change.model.graph.node(id), added.inputs).valid()) {
        refuse(change, id, format("its input {} came with opset {}", added.inputs, added.since));
      }
      return;
    case Added::kAxesInput: return lower_axes(change, id);
  }
}

int64_t first_opset_of(DataType type) {
  switch (type) {
    case DataType::kFloat8E4M3Fn:
    case DataType::kFloat8E4M3FnUz:
    case DataType::kFloat8E5M2:
    case DataType::kFloat8E5M2FnUz: return 19;
    case DataType::kUint4:
    case DataType::kInt4: return 21;
    case DataType::kFloat4E2M1: return 23;
    case DataType::kFloat8E8M0: return 24;
    case DataType::kUint2:
    case DataType::kInt2: return 25;
    default: return 1;
  }
}

void check_types(const OpsetChange& change, NodeId id) {
  const Node& node = change.model.graph.node(id);
  for (const auto* ids : {&node.inputs, &node.outputs}) {
    for (const ValueId value : *ids) {
      const DataType type = change.known->type(value);
      if (first_opset_of(type) > change.to) refuse(change, id, "it has the type " + name_of(type));
    }
  }
  // Codes of 16 bits came to the quantization operators with opset 21.
  if (change.to < 21 && (is_op(node, "QuantizeLinear") || is_op(node, "DequantizeLinear"))) {
    for (const ValueId value : {input_of(node, 0), node.outputs.at(0)}) {
      const DataType type = change.known->type(value);
      if (type == DataType::kInt16 || type == DataType::kUint16) {
        refuse(change, id, "it has codes of 16 bits");
      }
    }
  }
}

}  // namespace

bool same_in_older(std::string_view op_type, int64_t from, int64_t to) {
  return std::none_of(std::begin(kAdditions), std::end(kAdditions), [&](const Addition& added) {
    return added.op_type == op_type && to < added.since && added.since <= from;
  });
}

void lower_node(OpsetChange& change, NodeId id) {
  check_types(change, id);
  const std::string op_type = change.model.graph.node(id).op_type;
  for (const Addition& added : kAdditions) {
    if (added.op_type != op_type || change.to >= added.since || added.since > change.from) continue;
    lower_addition(change, id, added);
  }
}

}  // namespace edgeopt
