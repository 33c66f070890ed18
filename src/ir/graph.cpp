#include "edgeopt/graph.h"

#include <algorithm>

#include "base/format.h"

namespace edgeopt {

std::optional<Shape> ValueType::static_shape() const {
  if (!dims) return std::nullopt;
  Shape shape;
  for (const Dimension& dimension : *dims) {
    if (dimension.value < 0) return std::nullopt;
    shape.push_back(dimension.value);
  }
  return shape;
}

std::vector<ValueId> Graph::feeds() const {
  std::vector<ValueId> result;
  for (const ValueId id : inputs_) {
    if (!value(id).is_constant()) result.push_back(id);
  }
  return result;
}

std::vector<ValueId> Graph::constants() const {
  std::vector<ValueId> result;
  for (const Value& v : values_) {
    if (v.is_constant()) result.push_back(v.id);
  }
  return result;
}

std::vector<NodeId> Graph::topological_order() const {
  // Depth first from each node in file order: a file that is already sorted keeps its order.
  enum class State : uint8_t { kNew, kOpen, kDone };
  std::vector<State> state(nodes_.size(), State::kNew);
  std::vector<NodeId> order;
  std::vector<std::pair<NodeId, size_t>> stack;
  const auto dependency = [](const Node& n, size_t i) {
    return i < n.inputs.size() ? n.inputs[i] : n.captured[i - n.inputs.size()];
  };
  for (const Node& root : nodes_) {
    if (!root.id.valid() || state[static_cast<size_t>(root.id.index)] != State::kNew) continue;
    stack.emplace_back(root.id, 0);
    state[static_cast<size_t>(root.id.index)] = State::kOpen;
    while (!stack.empty()) {
      auto& [id, next] = stack.back();
      const Node& n = node(id);
      if (next == n.inputs.size() + n.captured.size()) {
        state[static_cast<size_t>(id.index)] = State::kDone;
        order.push_back(id);
        stack.pop_back();
        continue;
      }
      const ValueId input = dependency(n, next++);
      if (!input.valid()) continue;
      const NodeId producer = value(input).producer;
      if (!producer.valid()) continue;
      State& producer_state = state[static_cast<size_t>(producer.index)];
      if (producer_state == State::kOpen) {
        fail(ErrorCode::kBadInput, "the graph has a cycle through node {}", describe(producer));
      }
      if (producer_state == State::kDone) continue;
      producer_state = State::kOpen;
      stack.emplace_back(producer, 0);
    }
  }
  return order;
}

std::optional<ValueId> Graph::find_value(std::string_view wanted) const {
  const auto found = by_name_.find(wanted);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

bool Graph::is_output(ValueId id) const {
  return std::find(outputs_.begin(), outputs_.end(), id) != outputs_.end();
}

size_t Graph::use_count(ValueId id) const {
  return value(id).uses.size() +
         static_cast<size_t>(std::count(outputs_.begin(), outputs_.end(), id));
}

NodeId Graph::only_user(ValueId id) const {
  const Value& v = value(id);
  return v.uses.size() == 1 && !is_output(id) ? v.uses[0].node : NodeId{};
}

const Tensor* Graph::constant(ValueId id) const {
  if (!id.valid() || !value(id).constant) return nullptr;
  return &*value(id).constant;
}

std::string Graph::describe(NodeId id) const {
  const Node& n = node(id);
  if (!n.name.empty()) return format("{} '{}'", n.op_type, n.name);
  for (const ValueId output : n.outputs) {
    if (output.valid()) return format("{} that makes '{}'", n.op_type, value(output).name);
  }
  return format("{} number {}", n.op_type, id.index);
}

ValueId Graph::add_value(std::string value_name, ValueType type) {
  if (value_name.empty()) value_name = fresh_name("value");
  const ValueId id{static_cast<int32_t>(values_.size())};
  if (!by_name_.emplace(value_name, id).second) {
    fail(ErrorCode::kBadInput, "the name '{}' stands for two values", value_name);
  }
  Value& v = values_.emplace_back();
  v.id = id;
  v.name = std::move(value_name);
  v.type = std::move(type);
  return id;
}

ValueId Graph::add_constant(std::string value_name, Tensor tensor) {
  const ValueId id = add_value(std::move(value_name));
  set_constant(id, std::move(tensor));
  return id;
}

NodeId Graph::add_node(Node added) {
  const NodeId id{static_cast<int32_t>(nodes_.size())};
  added.id = id;
  for (size_t i = 0; i < added.inputs.size(); ++i)
    add_use(added.inputs[i], {id, static_cast<int32_t>(i)});
  for (const ValueId captured : added.captured) add_use(captured, {id, -1});
  for (const ValueId output : added.outputs) {
    if (!output.valid()) continue;
    Value& v = values_[static_cast<size_t>(output.index)];
    if (v.producer.valid()) fail(ErrorCode::kBadInput, "two nodes make the value '{}'", v.name);
    v.producer = id;
  }
  nodes_.push_back(std::move(added));
  return id;
}

void Graph::remove_node(NodeId id) {
  Node& n = nodes_[static_cast<size_t>(id.index)];
  for (size_t i = 0; i < n.inputs.size(); ++i) drop_use(n.inputs[i], {id, static_cast<int32_t>(i)});
  for (const ValueId captured : n.captured) drop_use(captured, {id, -1});
  for (const ValueId output : n.outputs) {
    if (output.valid()) values_[static_cast<size_t>(output.index)].producer = NodeId{};
  }
  n = Node{};
}

void Graph::set_input(NodeId id, size_t index, ValueId replacement) {
  Node& n = nodes_[static_cast<size_t>(id.index)];
  const Use use{id, static_cast<int32_t>(index)};
  drop_use(n.inputs[index], use);
  n.inputs[index] = replacement;
  add_use(replacement, use);
}

void Graph::append_input(NodeId id, ValueId added) {
  Node& n = nodes_[static_cast<size_t>(id.index)];
  n.inputs.push_back(added);
  add_use(added, {id, static_cast<int32_t>(n.inputs.size() - 1)});
}

void Graph::set_inputs(NodeId id, std::vector<ValueId> inputs) {
  Node& n = nodes_[static_cast<size_t>(id.index)];
  for (size_t i = 0; i < n.inputs.size(); ++i) drop_use(n.inputs[i], {id, static_cast<int32_t>(i)});
  n.inputs = std::move(inputs);
  for (size_t i = 0; i < n.inputs.size(); ++i) add_use(n.inputs[i], {id, static_cast<int32_t>(i)});
}

void Graph::replace_uses(ValueId from, ValueId to) {
  const std::vector<Use> uses = value(from).uses;
  for (const Use& use : uses) {
    Node& n = nodes_[static_cast<size_t>(use.node.index)];
    if (use.input >= 0) {
      n.inputs[static_cast<size_t>(use.input)] = to;
    } else {
      std::replace(n.captured.begin(), n.captured.end(), from, to);
    }
    add_use(to, use);
  }
  values_[static_cast<size_t>(from.index)].uses.clear();
  std::replace(outputs_.begin(), outputs_.end(), from, to);
}

void Graph::set_constant(ValueId id, std::optional<Tensor> tensor) {
  Value& v = values_[static_cast<size_t>(id.index)];
  v.constant = std::move(tensor);
  if (!v.constant) return;
  v.type.type = v.constant->type();
  v.type.dims.emplace();
  for (const int64_t dimension : v.constant->shape()) v.type.dims->push_back({dimension, {}});
}

void Graph::set_graph_inputs(std::vector<ValueId> inputs) { inputs_ = std::move(inputs); }

void Graph::set_graph_outputs(std::vector<ValueId> outputs) { outputs_ = std::move(outputs); }

void Graph::set_output(NodeId id, size_t index, ValueId replacement) {
  Node& n = nodes_[static_cast<size_t>(id.index)];
  if (n.outputs[index].valid())
    values_[static_cast<size_t>(n.outputs[index].index)].producer = NodeId{};
  n.outputs[index] = replacement;
  if (!replacement.valid()) return;
  check(!value(replacement).producer.valid(), "a value has one producer");
  values_[static_cast<size_t>(replacement.index)].producer = id;
}

void Graph::set_type(ValueId id, ValueType type) {
  values_[static_cast<size_t>(id.index)].type = std::move(type);
}

void Graph::set_info(ValueId id, std::string info_opaque, bool declared) {
  values_[static_cast<size_t>(id.index)].info_opaque = std::move(info_opaque);
  values_[static_cast<size_t>(id.index)].declared = declared;
}

void Graph::rename(ValueId id, std::string new_name) {
  Value& v = values_[static_cast<size_t>(id.index)];
  if (v.name == new_name) return;
  if (!by_name_.emplace(new_name, id).second) {
    fail(ErrorCode::kBadInput, "the name '{}' stands for two values", new_name);
  }
  by_name_.erase(v.name);
  v.name = std::move(new_name);
}

std::string Graph::fresh_name(const std::string& stem) const {
  if (!by_name_.contains(stem)) return stem;
  // Doubling, then bisecting, keeps a long series of fresh names from one stem cheap.
  size_t taken = 0;
  size_t step = 1;
  while (by_name_.contains(format("{}_{}", stem, taken + step))) {
    taken += step;
    step *= 2;
  }
  while (step > 1) {
    step /= 2;
    if (by_name_.contains(format("{}_{}", stem, taken + step))) taken += step;
  }
  return format("{}_{}", stem, taken + 1);
}

void Graph::add_use(ValueId id, Use use) {
  if (id.valid()) values_[static_cast<size_t>(id.index)].uses.push_back(use);
}

void Graph::drop_use(ValueId id, Use use) {
  if (!id.valid()) return;
  auto& uses = values_[static_cast<size_t>(id.index)].uses;
  const auto found = std::find(uses.begin(), uses.end(), use);
  check(found != uses.end(), "use lists are exact");
  uses.erase(found);
}

int64_t Model::opset() const {
  const auto found = opsets.find("");
  return found == opsets.end() ? 0 : found->second;
}

}  // namespace edgeopt
