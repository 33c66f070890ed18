#include "exec/engine_constants.h"

#include <algorithm>
#include <atomic>

#include "quant/encoding.h"

namespace edgeopt {
namespace {

constexpr size_t kKeptBytes = size_t{1} << 16;

}  // namespace

const TensorEncoding* simulated_encoding(const Node& node, const QuantTable* table) {
  if (table == nullptr || node.op_type != "FakeQuant" || node.domain != "edgeopt") return nullptr;
  const auto found = table->find(node.string_or("encoding", ""));
  return found != table->end() && found->second.ready() ? &found->second : nullptr;
}

Constants::Constants(const Graph& graph, int64_t opset, const InferredGraph& inferred,
                     const QuantTable* table)
    : graph_(graph),
      opset_(opset),
      inferred_(inferred),
      table_(table),
      known_(graph.value_capacity(), 0) {
  for (size_t i = 0; i < known_.size(); ++i) {
    const ValueId id{static_cast<int32_t>(i)};
    known_[i] = graph.value(id).is_constant() || inferred[id].value ? 1 : 0;
  }
  for (const NodeId id : graph.topological_order()) {
    const Node& node = graph.node(id);
    if (!computable(node)) continue;
    for (const ValueId output : node.outputs) {
      if (output.valid()) known_[static_cast<size_t>(output.index)] = 1;
    }
  }
}

bool Constants::computable(const Node& node) const {
  const Operator* op = find_operator(node);
  if (op == nullptr || op->compute == nullptr || op->traits.random) return false;
  if (!node.captured.empty() || inferred_.gaps.contains(node.id)) return false;
  for (const ValueId id : node.inputs) {
    if (id.valid() && !known(id)) return false;
  }
  return std::all_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) {
    return !id.valid() || (inferred_[id].shape && inferred_[id].type != DataType::kUndefined);
  });
}

Tensor Constants::get(ValueId id) {
  const Value& value = graph_.value(id);
  if (value.constant) return *value.constant;
  if (inferred_[id].value) return *inferred_[id].value;
  const auto found = kept_.find(id);
  if (found != kept_.end()) return found->second;
  const Node& node = graph_.node(value.producer);
  const auto output = std::find(node.outputs.begin(), node.outputs.end(), id);
  Tensor made = compute(node, static_cast<size_t>(output - node.outputs.begin()));
  if (made.byte_size() <= kKeptBytes) kept_[id] = made;
  return made;
}

Tensor Constants::get_floats(ValueId id) {
  if (!known(id) || inferred_[id].type != DataType::kFloat) return {};
  return get(id);
}

std::shared_ptr<Tensor>& Constants::free_room() {
  const auto free = std::find_if(rooms_.begin(), rooms_.end(),
                                 [](const auto& room) { return room.use_count() == 1; });
  if (free == rooms_.end()) return rooms_.emplace_back();
  std::atomic_thread_fence(std::memory_order_acquire);  // another thread may have let it go
  return *free;
}

Tensor Constants::simulated(const Tensor& constant, const TensorEncoding& encoding) {
  if (constant.byte_size() <= kKeptBytes || encoding.spec.bits > 16) {
    return fake_quantize(constant, encoding);
  }
  std::shared_ptr<Tensor>& room = free_room();
  const bool fits = room != nullptr && room->size() >= constant.size();
  if (!fits) room = std::make_shared<Tensor>(Tensor::unset(DataType::kFloat, {constant.size()}));
  auto* values = room->mutable_data<float>();
  fake_quantize(constant, encoding, values);
  return Tensor(DataType::kFloat, constant.shape(), room, values);
}

Tensor Constants::compute(const Node& node, size_t output) {
  std::vector<Tensor> inputs;
  for (const ValueId id : node.inputs) inputs.push_back(id.valid() ? get(id) : Tensor());
  if (node.op_type == "FakeQuant" && node.domain == "edgeopt") {
    const TensorEncoding* encoding = simulated_encoding(node, table_);
    const bool quantized = encoding != nullptr && inputs[0].type() == DataType::kFloat;
    return quantized ? simulated(inputs[0], *encoding) : inputs[0];
  }
  std::vector<const Tensor*> in_pointers;
  for (const Tensor& input : inputs) in_pointers.push_back(input.empty() ? nullptr : &input);
  std::vector<Tensor> outputs(node.outputs.size());
  std::vector<Tensor*> out_pointers(node.outputs.size(), nullptr);
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!node.outputs[i].valid()) continue;
    const InferredValue& inferred = inferred_[node.outputs[i]];
    outputs[i] = Tensor(inferred.type, *inferred.shape);
    out_pointers[i] = &outputs[i];
  }
  ComputeContext context(graph_, node, opset_, std::move(in_pointers), std::move(out_pointers));
  compute_outputs(*find_operator(node), context);
  return outputs[output];
}

}  // namespace edgeopt
