// Rules that raise one operator: attributes become inputs, defaults that changed are written out.
#include <algorithm>
#include <limits>

#include "base/format.h"
#include "passes/opset_rules.h"
#include "passes/rewrite.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

[[noreturn]] void refuse(const OpsetChange& change, NodeId id, const std::string& why) {
  fail(ErrorCode::kUnsupported, "{}: cannot be brought from opset {} to {}: {}",
       change.model.graph.describe(id), change.from, change.to, why);
}

std::string stem(const Graph& graph, NodeId id, std::string_view what) {
  const std::vector<ValueId>& outputs = graph.node(id).outputs;
  const bool named = !outputs.empty() && outputs[0].valid();
  return format("{}_{}", named ? graph.value(outputs[0]).name : graph.node(id).op_type, what);
}

// An attribute of integers becomes input `index`; nothing happens where there is none.
void ints_to_input(OpsetChange& change, NodeId id, std::string_view name, size_t index) {
  Graph& graph = change.model.graph;
  if (graph.node(id).find_attribute(name) == nullptr) return;
  const std::vector<int64_t> values = graph.node(id).ints_or(name, {});
  graph.edit(id).remove_attribute(name);
  put_input(graph, id, index, add_ints(graph, stem(graph, id, name), values));
  ++change.changes;
}

void axes_to_input(OpsetChange& change, NodeId id) { ints_to_input(change, id, "axes", 1); }

void rename_operator(OpsetChange& change, NodeId id, const char* op_type) {
  change.model.graph.edit(id).op_type = op_type;
  ++change.changes;
}

void raise_batch_norm_9(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  if (graph.node(id).find_attribute("spatial") == nullptr) return;
  if (graph.node(id).int_or("spatial", 1) == 0) refuse(change, id, "spatial is 0");
  graph.edit(id).remove_attribute("spatial");
  ++change.changes;
}

void raise_batch_norm_14(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  if (!only_first_output_used(graph, id)) refuse(change, id, "it is in training mode");
  if (graph.node(id).outputs.size() == 1) return;
  keep_outputs(graph, id, 1);
  ++change.changes;
}

void raise_slice(OpsetChange& change, NodeId id) {
  ints_to_input(change, id, "starts", 1);
  ints_to_input(change, id, "ends", 2);
  ints_to_input(change, id, "axes", 3);
}

void raise_top_k(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  const int64_t k = graph.node(id).int_or("k", 0);
  graph.edit(id).remove_attribute("k");
  put_input(graph, id, 1, add_ints(graph, stem(graph, id, "k"), {k}));
  ++change.changes;
}

void raise_dropout_10(OpsetChange& change, NodeId id) {
  // The mask had the type of the data.
  if (!only_first_output_used(change.model.graph, id)) refuse(change, id, "its mask is used");
}

void raise_dropout_12(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  if (graph.node(id).find_attribute("ratio") == nullptr) return;
  const float ratio = graph.node(id).float_or("ratio", 0.5F);
  graph.edit(id).remove_attribute("ratio");
  put_input(graph, id, 1, add_scalar(graph, stem(graph, id, "ratio"), ratio));
  ++change.changes;
}

// Upsample, and Resize before opset 11: coordinates are x / scale, and nearest neighbours are
// rounded down where the tensor grows and up where it shrinks.
void set_old_coordinates(OpsetChange& change, NodeId id, ValueId scales) {
  Graph& graph = change.model.graph;
  const std::string mode = graph.node(id).string_or("mode", "nearest");
  graph.edit(id).set_attribute("coordinate_transformation_mode", std::string("asymmetric"));
  if (mode == "nearest") {
    const Tensor* factors = graph.constant(scales);
    bool shrinks = false;
    if (factors != nullptr && factors->type() == DataType::kFloat) {
      const float* begin = factors->data<float>();
      const auto below = [](float factor) { return factor < 1; };
      const auto above = [](float factor) { return factor > 1; };
      shrinks = std::any_of(begin, begin + factors->size(), below);
      if (shrinks && std::any_of(begin, begin + factors->size(), above)) {
        refuse(change, id, "it grows one dimension and shrinks another");
      }
    }
    graph.edit(id).set_attribute("nearest_mode", std::string(shrinks ? "ceil" : "floor"));
  } else if (mode == "bilinear") {
    graph.edit(id).set_attribute("mode", std::string("linear"));
  }
  graph.set_input(id, 1, ValueId{});
  put_input(graph, id, 2, scales);
  ++change.changes;
}

void raise_upsample(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  if (graph.node(id).inputs.size() < 2) {
    const std::vector<float> scales = graph.node(id).floats_or("scales", {});
    if (scales.empty()) refuse(change, id, "it has no scales");
    graph.edit(id).remove_attribute("scales");
    const Tensor tensor = Tensor::from_floats({static_cast<int64_t>(scales.size())}, scales);
    put_input(graph, id, 1,
              graph.add_constant(graph.fresh_name(stem(graph, id, "scales")), tensor));
  }
  graph.edit(id).op_type = "Resize";
  set_old_coordinates(change, id, graph.node(id).inputs[1]);
}

void raise_resize_11(OpsetChange& change, NodeId id) {
  set_old_coordinates(change, id, input_of(change.model.graph.node(id), 1));
}

// Inputs that opset 11 wanted to be there, if only as empty tensors, may be left out.
void raise_resize_13(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  if (graph.node(id).string_or("coordinate_transformation_mode", "") == "tf_half_pixel_for_nn") {
    refuse(change, id, "coordinate_transformation_mode is tf_half_pixel_for_nn");
  }
  for (size_t i = 1; i < std::min<size_t>(graph.node(id).inputs.size(), 3); ++i) {
    const Tensor* tensor = graph.constant(graph.node(id).inputs[i]);
    if (tensor == nullptr || tensor->size() != 0) continue;
    graph.set_input(id, i, ValueId{});
    ++change.changes;
  }
}

// A limit of the type of the data.
ValueId add_limit(OpsetChange& change, NodeId id, std::string_view name, float limit) {
  Graph& graph = change.model.graph;
  const ValueId data = graph.node(id).inputs.at(0);
  const DataType type = graph.value(data).type.type;
  Tensor tensor = Tensor::scalar(limit);
  if (type != DataType::kUndefined && type != DataType::kFloat) {
    tensor = Tensor(type, {});
    const bool known = dispatch(type, FloatTypes(), [&]<typename T>(std::type_identity<T>) {
      *tensor.mutable_data<T>() = static_cast<T>(static_cast<Wide<T>>(limit));
    });
    if (!known) refuse(change, id, "its data is of type " + name_of(type));
  }
  return graph.add_constant(graph.fresh_name(stem(graph, id, name)), std::move(tensor));
}

void raise_clip(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  for (const auto& [name, index] : {std::pair{"min", size_t{1}}, std::pair{"max", size_t{2}}}) {
    if (graph.node(id).find_attribute(name) == nullptr) continue;
    const float limit = graph.node(id).float_or(name, 0);
    graph.edit(id).remove_attribute(name);
    ++change.changes;
    constexpr float kLargest = std::numeric_limits<float>::max();
    if (limit <= -kLargest && index == 1) continue;  // no limit at all
    if (limit >= kLargest && index == 2) continue;
    put_input(graph, id, index, add_limit(change, id, name, limit));
  }
}

void raise_pad(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  const float value = graph.node(id).float_or("value", 0);
  graph.edit(id).remove_attribute("value");
  ints_to_input(change, id, "pads", 1);
  if (value != 0) put_input(graph, id, 2, add_limit(change, id, "value", value));
}

void raise_split_18(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  const Node& node = graph.node(id);
  if (input_of(node, 1).valid() || node.find_attribute("num_outputs") != nullptr) return;
  graph.edit(id).set_attribute("num_outputs", static_cast<int64_t>(node.outputs.size()));
  ++change.changes;
}

void raise_split_13(OpsetChange& change, NodeId id) { ints_to_input(change, id, "split", 1); }

void raise_roi_align(OpsetChange& change, NodeId id) {
  change.model.graph.edit(id).set_attribute("coordinate_transformation_mode",
                                            std::string("output_half_pixel"));
  ++change.changes;
}

void raise_grid_sample(OpsetChange& change, NodeId id) {
  Node& node = change.model.graph.edit(id);
  const std::string mode = node.string_or("mode", "bilinear");
  if (mode == "nearest") return;
  node.set_attribute("mode", std::string(mode == "bicubic" ? "cubic" : "linear"));
  ++change.changes;
}

void refuse_always(OpsetChange& change, NodeId id) {
  refuse(change, id, "the operator changed; export the model anew with the newer opset");
}

// Scale and bias: one number for each group become one for each channel.
void raise_group_norm(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  const int64_t channels = change.known->dim(graph.node(id).inputs.at(0), 1);
  const int64_t groups = graph.node(id).int_or("num_groups", 0);
  if (channels <= 0 || groups <= 0 || channels % groups != 0) {
    refuse(change, id, "the number of channels is not known");
  }
  for (size_t i = 1; i <= 2; ++i) {
    const Tensor* old = graph.constant(input_of(graph.node(id), i));
    if (old == nullptr || old->type() != DataType::kFloat || old->size() != groups) {
      refuse(change, id, "scale and bias are not constants of type float");
    }
    Tensor each(DataType::kFloat, {channels});
    for (int64_t c = 0; c < channels; ++c) {
      each.mutable_data<float>()[c] = old->data<float>()[c / (channels / groups)];
    }
    replace_constant(graph, id, i, std::move(each));
  }
  ++change.changes;
}

// --- Softmax, LogSoftmax, Hardmax before opset 13 flatten to two dimensions at `axis` (default 1)

// The axis at which the newer form gives the same; nullopt when there is none.
std::optional<int64_t> equal_axis(const OpsetChange& change, ValueId data, int64_t axis) {
  if (axis == -1) return axis;
  const auto dims = change.known->dims(data);
  if (!dims) return std::nullopt;
  const auto rank = static_cast<int64_t>(dims->size());
  if (axis < 0) axis += rank;
  int64_t found = axis;
  int64_t larger = 0;
  for (int64_t i = std::max<int64_t>(axis, 0); i < rank; ++i) {
    if ((*dims)[static_cast<size_t>(i)] == 1) continue;
    found = i;
    ++larger;
  }
  return larger <= 1 ? std::optional(found) : std::nullopt;
}

// The shape of `data`, to restore it: a constant where at most one dimension is open.
ValueId restored_shape(OpsetChange& change, ValueId data, const std::string& name) {
  Graph& graph = change.model.graph;
  const auto dims = change.known->dims(data);
  if (dims && std::count(dims->begin(), dims->end(), -1) <= 1 &&
      std::count(dims->begin(), dims->end(), 0) == 0) {
    return add_ints(graph, name, *dims);
  }
  Node shape;
  shape.op_type = "Shape";
  shape.inputs = {data};
  shape.outputs = {graph.add_value(graph.fresh_name(name), {DataType::kInt64, {}, {}})};
  return graph.node(graph.add_node(std::move(shape))).outputs[0];
}

void raise_softmax(OpsetChange& change, NodeId id) {
  Graph& graph = change.model.graph;
  const ValueId data = graph.node(id).inputs.at(0);
  const int64_t axis = graph.node(id).int_or("axis", 1);
  if (const auto same = equal_axis(change, data, axis)) {
    if (graph.node(id).find_attribute("axis") != nullptr && *same == axis) return;
    graph.edit(id).set_attribute("axis", *same);
    ++change.changes;
    return;
  }
  const ValueId result = graph.node(id).outputs.at(0);
  Node flatten;
  flatten.op_type = "Flatten";
  flatten.inputs = {data};
  flatten.outputs = {graph.add_value(graph.fresh_name(stem(graph, id, "flat")))};
  flatten.set_attribute("axis", axis);
  const ValueId shape = restored_shape(change, data, stem(graph, id, "shape"));
  Node restore;
  restore.op_type = "Reshape";
  restore.inputs = {graph.add_value(graph.fresh_name(stem(graph, id, "rows"))), shape};
  restore.outputs = {result};
  graph.set_input(id, 0, flatten.outputs[0]);
  graph.set_output(id, 0, restore.inputs[0]);
  graph.edit(id).set_attribute("axis", int64_t{1});
  graph.add_node(std::move(flatten));
  graph.add_node(std::move(restore));
  ++change.changes;
}

constexpr RaiseRule kRules[] = {
    {"BatchNormalization", 9, raise_batch_norm_9},
    {"BatchNormalization", 14, raise_batch_norm_14},
    {"Scan", 9, refuse_always},
    {"Upsample", 10, raise_upsample},
    {"Slice", 10, raise_slice},
    {"TopK", 10, raise_top_k},
    {"Dropout", 10, raise_dropout_10},
    {"Resize", 11, raise_resize_11},
    {"Clip", 11, raise_clip},
    {"Pad", 11, raise_pad},
    {"Scatter", 11, [](OpsetChange& c, NodeId id) { rename_operator(c, id, "ScatterElements"); }},
    {"Dropout", 12, raise_dropout_12},
    {"Resize", 13, raise_resize_13},
    {"Squeeze", 13, axes_to_input},
    {"Unsqueeze", 13, axes_to_input},
    {"ReduceSum", 13, axes_to_input},
    {"Split", 13, raise_split_13},
    {"Softmax", 13, raise_softmax, true},
    {"LogSoftmax", 13, raise_softmax, true},
    {"Hardmax", 13, raise_softmax, true},
    {"RoiAlign", 16, raise_roi_align},
    {"ReduceL1", 18, axes_to_input},
    {"ReduceL2", 18, axes_to_input},
    {"ReduceLogSum", 18, axes_to_input},
    {"ReduceLogSumExp", 18, axes_to_input},
    {"ReduceMax", 18, axes_to_input},
    {"ReduceMean", 18, axes_to_input},
    {"ReduceMin", 18, axes_to_input},
    {"ReduceProd", 18, axes_to_input},
    {"ReduceSumSquare", 18, axes_to_input},
    {"Split", 18, raise_split_18},
    {"GridSample", 20, raise_grid_sample},
    {"DFT", 20, refuse_always},
    {"GroupNormalization", 21, raise_group_norm, true},
};

}  // namespace

std::span<const RaiseRule> raise_rules() { return kRules; }

bool changes_form(std::string_view op_type, int64_t from, int64_t to) {
  return std::any_of(std::begin(kRules), std::end(kRules), [&](const RaiseRule& rule) {
    return rule.op_type == op_type && from < rule.since && rule.since <= to;
  });
}

}  // namespace edgeopt
