#include "exec/interpreter.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "ops/op.h"
#include "quant/encoding.h"

namespace edgeopt {
namespace {

class Interpreter {
 public:
  Interpreter(const Graph& graph, int64_t opset, const InterpretOptions& options)
      : graph_(graph), opset_(opset), options_(options) {}

  std::vector<Tensor> run(const std::map<std::string, Tensor>& feeds) {
    values_.resize(graph_.value_capacity());
    left_.resize(graph_.value_capacity());
    const std::vector<NodeId> order = graph_.topological_order();
    for (const NodeId id : order) require_operator(graph_.node(id));
    set_up(feeds);
    for (const NodeId id : order) visit(graph_.node(id));
    std::vector<Tensor> results;
    for (const ValueId id : graph_.outputs()) results.push_back(slot(id));
    return results;
  }

 private:
  Tensor& slot(ValueId id) { return values_[static_cast<size_t>(id.index)]; }
  size_t& left(ValueId id) { return left_[static_cast<size_t>(id.index)]; }

  void require_operator(const Node& node) const {
    const Operator* op = find_operator(node);
    if (op != nullptr && op->compute != nullptr) return;
    const std::string domain = node.domain.empty() ? "" : format(" of domain {}", node.domain);
    fail(ErrorCode::kUnsupported, "{}: the operator {}{} is not supported",
         graph_.describe(node.id), node.op_type, domain);
  }

  void set_up(const std::map<std::string, Tensor>& feeds) {
    for (size_t i = 0; i < graph_.value_capacity(); ++i) {
      const Value& value = graph_.value(ValueId{static_cast<int32_t>(i)});
      left_[i] = value.uses.size();
      if (value.constant) values_[i] = *value.constant;
    }
    for (const ValueId id : graph_.outputs()) ++left(id);
    for (const ValueId id : graph_.inputs()) {
      const Value& input = graph_.value(id);
      const auto fed = feeds.find(input.name);
      if (fed != feeds.end()) {
        feed(input, fed->second);
      } else if (!input.is_constant()) {
        fail(ErrorCode::kBadInput, "input '{}' is not given", input.name);
      }
    }
  }

  void feed(const Value& input, const Tensor& tensor) {
    if (input.type.type != DataType::kUndefined && input.type.type != tensor.type()) {
      fail(ErrorCode::kBadInput, "input '{}' is of type {}, the tensor given of type {}",
           input.name, name_of(input.type.type), name_of(tensor.type()));
    }
    slot(input.id) = tensor;
    if (options_.on_value) options_.on_value(input.id, tensor);
  }

  void visit(const Node& node) {
    std::vector<Tensor> made = compute(node);
    for (size_t i = 0; i < made.size(); ++i) {
      const ValueId id = node.outputs[i];
      if (!id.valid()) continue;
      if (options_.on_value) options_.on_value(id, made[i]);
      if (left(id) > 0) slot(id) = std::move(made[i]);
    }
    for (const ValueId id : node.inputs) release(id);
    for (const ValueId id : node.captured) release(id);
  }

  void release(ValueId id) {
    if (id.valid() && --left(id) == 0) slot(id) = Tensor();
  }

  std::vector<Tensor> compute(const Node& node) {
    if (const TensorEncoding* encoding = simulated(node)) {
      return {fake_quantize(slot(node.inputs[0]), *encoding)};
    }
    const Operator& op = *find_operator(node);
    std::vector<ValueInfo> infos;
    std::vector<const Tensor*> inputs;
    for (const ValueId id : node.inputs) {
      const Tensor* input = id.valid() ? &slot(id) : nullptr;
      inputs.push_back(input);
      infos.push_back(input == nullptr ? ValueInfo{}
                                       : ValueInfo{input->type(), input->shape(), input});
    }
    InferContext infer(graph_, node, opset_, std::move(infos));
    infer_outputs(op, infer);
    std::vector<Tensor> made(node.outputs.size());
    std::vector<Tensor*> outputs(node.outputs.size(), nullptr);
    for (size_t i = 0; i < made.size(); ++i) {
      if (!node.outputs[i].valid()) continue;
      const InferContext::Output& output = infer.outputs()[i];
      if (!output.shape) infer.unsupported(format("the shape of output {} is not known", i));
      made[i] = Tensor(output.type, *output.shape);
      outputs[i] = &made[i];
    }
    ComputeContext context(graph_, node, opset_, std::move(inputs), std::move(outputs));
    compute_outputs(op, context);
    return made;
  }

  const TensorEncoding* simulated(const Node& node) {
    if (options_.table == nullptr || node.op_type != "FakeQuant" || node.domain != "edgeopt") {
      return nullptr;
    }
    const auto found = options_.table->find(node.string_or("encoding", ""));
    const bool ready = found != options_.table->end() && found->second.ready();
    return ready && slot(node.inputs[0]).type() == DataType::kFloat ? &found->second : nullptr;
  }

  const Graph& graph_;
  int64_t opset_;
  const InterpretOptions& options_;
  std::vector<Tensor> values_;
  std::vector<size_t> left_;  // uses still to come
};

}  // namespace

std::vector<Tensor> interpret(const Graph& graph, int64_t opset,
                              const std::map<std::string, Tensor>& feeds,
                              const InterpretOptions& options) {
  return Interpreter(graph, opset, options).run(feeds);
}

}  // namespace edgeopt
