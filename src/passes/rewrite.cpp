#include "passes/rewrite.h"

#include <algorithm>

#include "base/format.h"
#include "tensor/dispatch.h"

namespace edgeopt {

bool is_op(const Node& node, std::string_view op_type) {
  return node.op_type == op_type && (node.domain.empty() || node.domain == "ai.onnx");
}

NodeId maker(const Graph& graph, ValueId value, std::string_view op_type) {
  if (!value.valid()) return {};
  const NodeId producer = graph.value(value).producer;
  if (!producer.valid() || !is_op(graph.node(producer), op_type)) return {};
  return graph.node(producer).outputs[0] == value ? producer : NodeId{};
}

ValueId input_of(const Node& node, size_t index) {
  return index < node.inputs.size() ? node.inputs[index] : ValueId{};
}

bool is_captured(const Graph& graph, ValueId value) {
  const std::vector<Use>& uses = graph.value(value).uses;
  return std::any_of(uses.begin(), uses.end(), [](const Use& use) { return use.input < 0; });
}

bool only_first_output_used(const Graph& graph, NodeId id) {
  const std::vector<ValueId>& outputs = graph.node(id).outputs;
  if (outputs.empty() || !outputs[0].valid()) return false;
  return std::all_of(outputs.begin() + 1, outputs.end(), [&](ValueId output) {
    return !output.valid() || graph.use_count(output) == 0;
  });
}

std::optional<float> scalar_of(const Graph& graph, ValueId value) {
  const Tensor* tensor = graph.constant(value);
  if (tensor == nullptr || tensor->type() != DataType::kFloat || tensor->size() != 1) {
    return std::nullopt;
  }
  return tensor->data<float>()[0];
}

std::optional<std::vector<int64_t>> ints_of(const Tensor* tensor) {
  if (tensor == nullptr) return std::nullopt;
  std::vector<int64_t> values;
  const bool known =
      dispatch(tensor->type(), SignedTypes(), [&]<typename T>(std::type_identity<T>) {
        values.assign(tensor->data<T>(), tensor->data<T>() + tensor->size());
      });
  if (!known) return std::nullopt;
  return values;
}

std::optional<std::vector<int64_t>> constant_ints(const Graph& graph, ValueId value) {
  return ints_of(graph.constant(value));
}

bool can_bypass(const Graph& graph, NodeId id, size_t input) {
  const Node& node = graph.node(id);
  const ValueId from = input_of(node, input);
  if (!from.valid() || !only_first_output_used(graph, id) || !node.captured.empty()) return false;
  const ValueId to = node.outputs[0];
  if (is_captured(graph, to)) return false;
  if (!graph.is_output(to)) return true;
  // The output keeps its name, so the input must lose its own.
  const NodeId producer = graph.value(from).producer;
  return producer.valid() && !graph.is_output(from) && !is_captured(graph, from);
}

void bypass(Graph& graph, NodeId id, size_t input) {
  check(can_bypass(graph, id, input), "the node can be bypassed");
  const ValueId from = graph.node(id).inputs[input];
  const ValueId to = graph.node(id).outputs[0];
  const bool is_output = graph.is_output(to);
  graph.remove_node(id);
  if (!is_output) {
    graph.replace_uses(to, from);
    return;
  }
  const NodeId producer = graph.value(from).producer;
  const std::vector<ValueId>& made = graph.node(producer).outputs;
  const auto place = std::find(made.begin(), made.end(), from) - made.begin();
  graph.replace_uses(from, to);
  graph.set_output(producer, static_cast<size_t>(place), to);
}

bool reads_alone(const Graph& graph, NodeId id, size_t input) {
  const ValueId value = input_of(graph.node(id), input);
  return value.valid() && graph.value(value).producer.valid() && graph.only_user(value) == id;
}

void merge_into_producer(Graph& graph, NodeId id, size_t input) {
  check(reads_alone(graph, id, input) && only_first_output_used(graph, id),
        "the node can be merged into its producer");
  const ValueId from = graph.node(id).inputs[input];
  const ValueId to = graph.node(id).outputs[0];
  const NodeId producer = graph.value(from).producer;
  graph.remove_node(id);
  const std::vector<ValueId>& made = graph.node(producer).outputs;
  const auto place = std::find(made.begin(), made.end(), from) - made.begin();
  graph.set_output(producer, static_cast<size_t>(place), to);
}

void remove_if_unused(Graph& graph, NodeId id) {
  const std::vector<ValueId>& outputs = graph.node(id).outputs;
  const bool unused = std::all_of(outputs.begin(), outputs.end(), [&](ValueId output) {
    return !output.valid() || graph.use_count(output) == 0;
  });
  if (unused) graph.remove_node(id);
}

ValueId add_ints(Graph& graph, const std::string& stem, const std::vector<int64_t>& values) {
  return graph.add_constant(graph.fresh_name(stem),
                            Tensor::from_ints({static_cast<int64_t>(values.size())}, values));
}

ValueId add_scalar(Graph& graph, const std::string& stem, float value) {
  return graph.add_constant(graph.fresh_name(stem), Tensor::scalar(value));
}

void replace_constant(Graph& graph, NodeId id, size_t index, Tensor tensor) {
  const ValueId old = graph.node(id).inputs[index];
  if (graph.use_count(old) == 1) {
    graph.set_constant(old, std::move(tensor));
    return;
  }
  const std::string name = graph.fresh_name(graph.value(old).name + "_copy");
  graph.set_input(id, index, graph.add_constant(name, std::move(tensor)));
}

void put_input(Graph& graph, NodeId id, size_t index, ValueId value) {
  while (graph.node(id).inputs.size() < index) graph.append_input(id, {});
  if (graph.node(id).inputs.size() == index) {
    graph.append_input(id, value);
  } else {
    graph.set_input(id, index, value);
  }
}

void keep_inputs(Graph& graph, NodeId id, size_t count) {
  std::vector<ValueId> inputs = graph.node(id).inputs;
  if (inputs.size() <= count) return;
  inputs.resize(count);
  graph.set_inputs(id, std::move(inputs));
}

void become_operator(Graph& graph, NodeId id, const std::string& op_type,
                     std::vector<ValueId> inputs) {
  graph.edit(id).op_type = op_type;
  graph.edit(id).attributes.clear();
  graph.set_inputs(id, std::move(inputs));
}

NodeId keep_outputs(Graph& graph, NodeId id, size_t count) {
  Node shorter = graph.node(id);
  shorter.outputs.resize(count);
  graph.remove_node(id);
  return graph.add_node(std::move(shorter));
}

}  // namespace edgeopt
