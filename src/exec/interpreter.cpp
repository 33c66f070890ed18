#include "exec/interpreter.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

// xhat = scale (clamp(round(x / scale) + zero_point) - zero_point), along the encoding's axis.
Tensor simulate(const Tensor& x, const TensorEncoding& encoding) {
  Tensor y(x.type(), x.shape());
  int64_t inner = x.size();
  if (encoding.scale.size() > 1) {
    inner = 1;
    for (size_t i = static_cast<size_t>(encoding.spec.axis) + 1; i < x.rank(); ++i) {
      inner *= x.dim(i);
    }
  }
  const QuantSpec& spec = encoding.spec;
  const double half = std::ldexp(1.0, spec.bits - 1);
  const auto low = static_cast<float>(spec.is_signed ? -half + (spec.narrow ? 1 : 0) : 0);
  const auto high = static_cast<float>(spec.is_signed ? half - 1 : 2 * half - 1);
  const float* from = x.data<float>();
  float* to = y.mutable_data<float>();
  for (int64_t start = 0; start < x.size(); start += inner) {
    const size_t channel = static_cast<size_t>(start / inner) % encoding.scale.size();
    const float scale = encoding.scale[channel];
    const auto zero = static_cast<float>(encoding.zero_point[channel]);
    for (int64_t i = start; i < start + inner; ++i) {
      to[i] = (std::clamp(std::nearbyint(from[i] / scale) + zero, low, high) - zero) * scale;
    }
  }
  return y;
}

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
      return {simulate(slot(node.inputs[0]), *encoding)};
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
    op.infer(infer);
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
    op.compute(context);
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
