#include "support/model_builder.h"

#include <functional>

#include "base/random.h"

namespace edgeopt::test {

ModelBuilder& ModelBuilder::input(const std::string& name, const Ints& dims, DataType type) {
  ValueType declared{type, std::vector<Dimension>(), ""};
  for (const int64_t dim : dims) declared.dims->push_back({dim, dim < 0 ? "N" : ""});
  const ValueId id = value(name);
  model_.graph.set_type(id, std::move(declared));
  inputs_.push_back(id);
  return *this;
}

ModelBuilder& ModelBuilder::constant(const std::string& name, Tensor tensor) {
  model_.graph.set_constant(value(name), std::move(tensor));
  return *this;
}

ModelBuilder& ModelBuilder::ints(const std::string& name, const Ints& values) {
  return constant(name, Tensor::from_ints({static_cast<int64_t>(values.size())}, values));
}

ModelBuilder& ModelBuilder::floats(const std::string& name, const Floats& values) {
  return constant(name, Tensor::from_floats({static_cast<int64_t>(values.size())}, values));
}

ModelBuilder& ModelBuilder::scalar(const std::string& name, float value_of_it) {
  return constant(name, Tensor::scalar(value_of_it));
}

ModelBuilder& ModelBuilder::weights(const std::string& name, const Ints& dims, float low,
                                    float high) {
  uint64_t seed = 14695981039346656037U;
  for (const char c : name) seed = (seed ^ static_cast<unsigned char>(c)) * 1099511628211U;
  Random random(seed);
  Tensor tensor(DataType::kFloat, dims);
  float* data = tensor.mutable_data<float>();
  for (int64_t i = 0; i < tensor.size(); ++i) {
    data[i] = low + (high - low) * static_cast<float>(random.uniform());
  }
  return constant(name, std::move(tensor));
}

ModelBuilder& ModelBuilder::node(const std::string& op_type, const std::vector<std::string>& inputs,
                                 const std::vector<std::string>& outputs,
                                 std::vector<Attribute> attributes, const std::string& name) {
  Node made;
  made.op_type = op_type;
  made.name = name == "N" ? name + outputs.at(0) : name;
  made.attributes = std::move(attributes);
  for (const std::string& in : inputs) made.inputs.push_back(in.empty() ? ValueId{} : value(in));
  for (const std::string& out : outputs) {
    made.outputs.push_back(out.empty() ? ValueId{} : value(out));
  }
  model_.graph.add_node(std::move(made));
  return *this;
}

ModelBuilder& ModelBuilder::batch_norm(const std::string& x, const std::string& y,
                                       int64_t channels) {
  weights(y + "_scale", {channels}, 0.5F, 2);
  weights(y + "_shift", {channels}, -1, 1);
  weights(y + "_mean", {channels}, -1, 1);
  weights(y + "_var", {channels}, 0.1F, 2);
  return node("BatchNormalization", {x, y + "_scale", y + "_shift", y + "_mean", y + "_var"}, {y});
}

ModelBuilder& ModelBuilder::output(const std::string& name, DataType type) {
  const ValueId id = value(name);
  if (model_.graph.value(id).type.type == DataType::kUndefined) {
    model_.graph.set_type(id, {type, std::nullopt, ""});
  }
  outputs_.push_back(id);
  return *this;
}

Model ModelBuilder::build() {
  model_.opsets[""] = opset_;
  model_.graph.set_graph_inputs(inputs_);
  model_.graph.set_graph_outputs(outputs_);
  return model_;
}

ValueId ModelBuilder::value(const std::string& name) {
  const auto found = model_.graph.find_value(name);
  return found ? *found : model_.graph.add_value(name);
}

}  // namespace edgeopt::test
