#include "exec/shapes.h"

#include <algorithm>

#include "base/blame.h"
#include "base/format.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

// An absurd shape is none.
InferredValue declared(const Value& value) {
  if (value.constant) return {value.constant->type(), value.constant->shape(), value.constant};
  std::optional<Shape> shape = value.type.static_shape();
  if (shape && !is_countable(*shape)) shape.reset();
  return {value.type.type, std::move(shape), std::nullopt};
}

std::string input_text(const Value& input) { return format("input '{}'", input.name); }

class Inference {
 public:
  Inference(const Graph& graph, int64_t opset, int64_t fold_elements)
      : graph_(graph), opset_(opset), fold_elements_(fold_elements) {}

  InferredGraph run(const std::map<ValueId, Shape>& feed_shapes) {
    result_.values.resize(graph_.value_capacity());
    for (size_t i = 0; i < graph_.value_capacity(); ++i) {
      const Value& value = graph_.value(ValueId{static_cast<int32_t>(i)});
      if (!value.producer.valid()) result_.values[i] = declared(value);
    }
    for (const auto& feed : feed_shapes) {  // clang 14 captures no structured bindings
      blaming([&] { return input_text(graph_.value(feed.first)); },
              [&] { element_count(feed.second); });
      slot(feed.first).shape = feed.second;
    }
    for (const NodeId id : graph_.topological_order()) visit(graph_.node(id));
    return std::move(result_);
  }

 private:
  InferredValue& slot(ValueId id) { return result_.values[static_cast<size_t>(id.index)]; }

  void visit(const Node& node) {
    const Operator* op = find_operator(node);
    try {
      if (op == nullptr) {
        throw NotKnownBefore(
            format("{}: the operator {} is not supported", graph_.describe(node.id), node.op_type));
      }
      infer(node, *op);
      if (foldable(node, *op)) fold(node, *op);
    } catch (const NotKnownBefore& error) {
      leave_gap(node, error.what(), true);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUnsupported) throw;
      leave_gap(node, error.what(), false);
    }
  }

  void infer(const Node& node, const Operator& op) {
    std::vector<ValueInfo> inputs;
    for (const ValueId id : node.inputs) {
      ValueInfo& info = inputs.emplace_back();
      if (!id.valid()) continue;
      const InferredValue& known = slot(id);
      if (known.type == DataType::kUndefined) {
        throw NotKnownBefore(format("{}: the type of its input '{}' is not known",
                                    graph_.describe(node.id), graph_.value(id).name));
      }
      info = {known.type, known.shape, known.value ? &*known.value : nullptr};
    }
    InferContext context(graph_, node, opset_, std::move(inputs));
    infer_outputs(op, context);
    const bool behind_gap = std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
      return id.valid() && slot(id).behind_gap;
    });
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      if (!node.outputs[i].valid()) continue;
      const InferContext::Output& made = context.outputs()[i];
      slot(node.outputs[i]) = {made.type, made.shape, made.value, behind_gap && !made.value};
    }
  }

  // FakeQuant and its like (the domain "edgeopt") depend on more than their inputs.
  bool foldable(const Node& node, const Operator& op) {
    if (op.traits.random || op.compute == nullptr || !op.domain.empty()) return false;
    if (!node.captured.empty()) return false;
    for (const ValueId id : node.inputs) {
      if (id.valid() && !slot(id).value) return false;
    }
    bool wanted = false;
    for (const ValueId id : node.outputs) {
      if (!id.valid()) continue;
      const InferredValue& output = slot(id);
      if (!output.shape || element_count(*output.shape) > fold_elements_) return false;
      wanted = wanted || !output.value;
    }
    return wanted;
  }

  void fold(const Node& node, const Operator& op) {
    std::vector<const Tensor*> inputs;
    for (const ValueId id : node.inputs) inputs.push_back(id.valid() ? &*slot(id).value : nullptr);
    std::vector<Tensor> made(node.outputs.size());
    std::vector<Tensor*> outputs(node.outputs.size(), nullptr);
    for (size_t i = 0; i < made.size(); ++i) {
      if (!node.outputs[i].valid()) continue;
      const InferredValue& output = slot(node.outputs[i]);
      made[i] = Tensor(output.type, *output.shape);
      outputs[i] = &made[i];
    }
    ComputeContext context(graph_, node, opset_, std::move(inputs), std::move(outputs));
    compute_outputs(op, context);
    for (size_t i = 0; i < made.size(); ++i) {
      if (!node.outputs[i].valid()) continue;
      slot(node.outputs[i]).value = std::move(made[i]);
      slot(node.outputs[i]).behind_gap = false;
    }
  }

  // What the file declares stands in for what could not be inferred.
  void leave_gap(const Node& node, const std::string& why, bool unknown) {
    result_.gaps[node.id] = why;
    if (result_.gap.empty()) {
      result_.gap = why;
      result_.gap_node = node.id;
    }
    for (const ValueId id : node.outputs) {
      if (!id.valid()) continue;
      if (!slot(id).shape) slot(id) = declared(graph_.value(id));
      slot(id).behind_gap = unknown;
    }
  }

  const Graph& graph_;
  int64_t opset_;
  int64_t fold_elements_;
  InferredGraph result_;
};

std::string declared_text(const std::vector<Dimension>& dims) {
  std::string text;
  for (const Dimension& dim : dims) {
    if (!text.empty()) text += ",";
    text += dim.value >= 0 ? std::to_string(dim.value) : dim.symbol.empty() ? "?" : dim.symbol;
  }
  return text;
}

Shape checked_override(const Value& input, const Shape& shape) {
  if (!input.type.dims) return shape;
  const std::vector<Dimension>& dims = *input.type.dims;
  bool fits = dims.size() == shape.size();
  for (size_t i = 0; fits && i < dims.size(); ++i) {
    fits = shape[i] >= 0 && (dims[i].value < 0 || dims[i].value == shape[i]);
  }
  if (!fits) {
    fail(ErrorCode::kUsage, "--input-shape {}: {} does not fit the model's input of shape [{}]",
         input.name, to_string(shape), declared_text(dims));
  }
  return shape;
}

Shape declared_shape(const Value& input, int64_t batch) {
  if (!input.type.dims) {
    fail(ErrorCode::kUsage, "input '{}' has no declared shape: give --input-shape {}:N,N,...",
         input.name, input.name);
  }
  Shape shape;
  for (const Dimension& dim : *input.type.dims) {
    if (dim.value < 0 && !shape.empty()) {
      fail(ErrorCode::kUsage,
           "input '{}' has shape [{}] and dimension {} is not fixed: give --input-shape {}:N,N,...",
           input.name, declared_text(*input.type.dims), shape.size(), input.name);
    }
    shape.push_back(dim.value < 0 ? batch : dim.value);
  }
  return shape;
}

}  // namespace

InferredGraph infer_shapes(const Graph& graph, int64_t opset,
                           const std::map<ValueId, Shape>& feed_shapes, int64_t fold_elements) {
  return Inference(graph, opset, fold_elements).run(feed_shapes);
}

std::map<ValueId, Shape> resolve_feed_shapes(const Graph& graph,
                                             const std::map<std::string, Shape>& overrides,
                                             int64_t batch) {
  std::map<ValueId, Shape> result;
  size_t used = 0;
  std::string names;
  for (const ValueId id : graph.feeds()) {
    const Value& input = graph.value(id);
    names += (names.empty() ? "" : ", ") + input.name;
    const auto given = overrides.find(input.name);
    used += given != overrides.end() ? 1 : 0;
    result[id] = given != overrides.end() ? checked_override(input, given->second)
                                          : declared_shape(input, batch);
    blaming([&] { return input_text(input); },
            [&] { require_makeable(input.type.type, result[id]); });
  }
  if (used == overrides.size()) return result;
  for (const auto& [name, shape] : overrides) {
    const auto id = graph.find_value(name);
    if (!id || !result.contains(*id)) {
      fail(ErrorCode::kUsage, "--input-shape {}: the model has no such input; it has: {}", name,
           names);
    }
  }
  return result;
}

}  // namespace edgeopt
