#include "support/lowered.h"

#include <algorithm>

#include "base/file.h"
#include "base/json.h"
#include "onnx/model_io.h"
#include "support/model_builder.h"
#include "support/paths.h"

namespace edgeopt::test {
namespace {

// The encodings JSON of the last lowered_for().
Json& last_encodings() {
  static Json json;
  return json;
}

Model small_network() {
  ModelBuilder b;
  b.input("x", {-1, 3, 8, 8});
  b.weights("w1", {4, 3, 3, 3}).weights("b1", {4}).weights("w2", {4, 4, 1, 1}).weights("b2", {4});
  b.node("Conv", {"x", "w1", "b1"}, {"c1"},
         {{"pads", Ints{1, 1, 1, 1}}, {"kernel_shape", Ints{3, 3}}});
  b.node("Relu", {"c1"}, {"r1"});
  b.node("MaxPool", {"r1"}, {"p"}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
  b.node("Conv", {"p", "w2", "b2"}, {"c2"}, {{"kernel_shape", Ints{1, 1}}});
  b.node("Add", {"c2", "p"}, {"a"});
  b.node("Relu", {"a"}, {"y"});
  return b.output("y").build();
}

}  // namespace

Model lowered_for(const std::string& target, QuantizeOptions options) {
  return lowered_for(target, std::move(options), small_network());
}

Model lowered_for(const std::string& target, QuantizeOptions options, const Model& model) {
  const auto folder = scratch_folder();
  save_model(model, folder / "small.onnx");
  options.model = (folder / "small.onnx").string();
  options.output_folder = (folder / "out").string();
  options.target = target;
  options.calibration.limit = 4;
  const QuantizeResult result = quantize(options);
  last_encodings() = Json::parse(read_file(result.files.at("encodings")));
  return load_model(
      folder / "out" /
      result.files.at("model").substr(result.files.at("model").find_last_of('/') + 1));
}

int64_t count_ops(const Model& model, const std::string& op_type) {
  const auto order = model.graph.topological_order();
  return std::count_if(order.begin(), order.end(),
                       [&](NodeId id) { return model.graph.node(id).op_type == op_type; });
}

std::vector<DataType> activation_types(const Model& model) {
  std::vector<DataType> types;
  for (const NodeId id : model.graph.topological_order()) {
    const Node& node = model.graph.node(id);
    if (node.op_type != "QuantizeLinear") continue;
    const DataType type = model.graph.constant(node.inputs.at(2))->type();
    if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  }
  return types;
}

bool all_zero_points_are_zero(const Model& model) {
  for (const NodeId id : model.graph.topological_order()) {
    const Node& node = model.graph.node(id);
    if (node.op_type != "QuantizeLinear" && node.op_type != "DequantizeLinear") continue;
    const Tensor& zero = *model.graph.constant(node.inputs.at(2));
    const auto* bytes = zero.data<char>();
    if (std::any_of(bytes, bytes + zero.byte_size(), [](char c) { return c != 0; })) return false;
  }
  return true;
}

std::string form_of_conv_input(const Model& model, size_t index) {
  for (const NodeId id : model.graph.topological_order()) {
    const Node& node = model.graph.node(id);
    if (node.op_type != "Conv") continue;
    const ValueId input = node.inputs.at(index);
    const NodeId maker = model.graph.value(input).producer;
    if (!maker.valid()) return name_of(model.graph.constant(input)->type());
    const Node& made_by = model.graph.node(maker);
    const Tensor* stored = model.graph.constant(made_by.inputs[0]);
    return made_by.op_type + (stored != nullptr ? "(" + name_of(stored->type()) + ")" : "");
  }
  return "no Conv";
}

std::vector<std::string> encoded_names() {
  std::vector<std::string> names;
  for (const Json& entry : last_encodings().at("activation_encodings")) {
    names.push_back(entry.at("name").get<std::string>());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace edgeopt::test
