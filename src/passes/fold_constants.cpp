// fold-constants: nodes whose result is known before execution become constants: Constant nodes,
// nodes that read constants only, and what follows from shapes (Shape -> Gather -> Concat), where
// it does not depend on an open batch. Quantized weights behind DequantizeLinear become float.
#include <algorithm>
#include <span>

#include "base/format.h"
#include "ops/op.h"
#include "passes/known_values.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

// The tensor of a Constant node; nullopt for a sparse one.
std::optional<Tensor> constant_tensor(const Node& node) {
  if (node.attributes.size() != 1) return std::nullopt;
  const AttributeValue& value = node.attributes[0].value;
  const auto length = [](const auto& list) { return static_cast<int64_t>(list.size()); };
  if (const auto* tensor = std::get_if<Tensor>(&value)) return *tensor;
  if (const auto* number = std::get_if<float>(&value)) return Tensor::scalar(*number);
  if (const auto* number = std::get_if<int64_t>(&value)) return Tensor::from_ints({}, {*number});
  if (const auto* list = std::get_if<std::vector<float>>(&value)) {
    return Tensor::from_floats({length(*list)}, *list);
  }
  if (const auto* list = std::get_if<std::vector<int64_t>>(&value)) {
    return Tensor::from_ints({length(*list)}, *list);
  }
  const auto strings = [](Shape shape, std::span<const std::string> from) {
    Tensor made(DataType::kString, std::move(shape));
    std::copy(from.begin(), from.end(), made.mutable_data<std::string>());
    return made;
  };
  if (const auto* text = std::get_if<std::string>(&value)) return strings({}, {text, 1});
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    return strings({length(*list)}, *list);
  }
  return std::nullopt;
}

class Folder {
 public:
  Folder(Model& model, const KnownValues& known, int64_t limit)
      : graph_(model.graph), opset_(model.opset()), known_(known), limit_(limit) {}

  int64_t run() {
    for (const NodeId id : graph_.topological_order()) visit(id);
    return changes_;
  }

 private:
  void visit(NodeId id) {
    const Node& node = graph_.node(id);
    if (!node.captured.empty() || node.outputs.empty()) return;
    if (std::any_of(node.outputs.begin(), node.outputs.end(),
                    [&](ValueId output) { return output.valid() && graph_.is_output(output); })) {
      return;  // a graph output keeps a node that makes it
    }
    if (is_op(node, "Constant")) {
      if (const auto tensor = constant_tensor(node)) become(id, {*tensor});
      return;
    }
    const Operator* op = find_operator(node);
    if (op == nullptr || op->traits.random || !op->domain.empty()) return;
    if (auto values = known_outputs(node)) {
      become(id, std::move(*values));
    } else if (op->compute != nullptr && reads_constants_only(node)) {
      compute(id, *op);
    }
  }

  std::optional<std::vector<Tensor>> known_outputs(const Node& node) const {
    std::vector<Tensor> values;
    for (const ValueId output : node.outputs) {
      const Tensor* value = output.valid() ? known_.value(output) : nullptr;
      if (output.valid() && value == nullptr) return std::nullopt;
      values.push_back(value != nullptr ? *value : Tensor());
    }
    return values;
  }

  bool reads_constants_only(const Node& node) const {
    return std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId input) {
      return !input.valid() || graph_.constant(input) != nullptr;
    });
  }

  // What is larger than both the limit and its inputs would blow the file up.
  bool fits(const Node& node, const std::vector<InferContext::Output>& outputs) const {
    int64_t allowed = limit_;
    for (const ValueId input : node.inputs) {
      if (input.valid()) allowed = std::max(allowed, graph_.constant(input)->size());
    }
    for (const InferContext::Output& output : outputs) {
      if (!output.shape || element_count(*output.shape) > allowed) return false;
    }
    return true;
  }

  void compute(NodeId id, const Operator& op) {
    const Node& node = graph_.node(id);
    std::vector<ValueInfo> infos;
    std::vector<const Tensor*> inputs;
    for (const ValueId input : node.inputs) {
      const Tensor* tensor = graph_.constant(input);
      inputs.push_back(tensor);
      infos.push_back(tensor == nullptr ? ValueInfo{}
                                        : ValueInfo{tensor->type(), tensor->shape(), tensor});
    }
    try {
      InferContext infer(graph_, node, opset_, std::move(infos));
      infer_outputs(op, infer);
      if (!fits(node, infer.outputs())) return;
      std::vector<Tensor> made(node.outputs.size());
      std::vector<Tensor*> outputs(node.outputs.size(), nullptr);
      for (size_t i = 0; i < made.size(); ++i) {
        if (!node.outputs[i].valid()) continue;
        made[i] = Tensor(infer.outputs()[i].type, *infer.outputs()[i].shape);
        outputs[i] = &made[i];
      }
      ComputeContext context(graph_, node, opset_, std::move(inputs), std::move(outputs));
      compute_outputs(op, context);
      become(id, std::move(made));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUnsupported) throw;  // the node stays
    }
  }

  void become(NodeId id, std::vector<Tensor> values) {
    const std::vector<ValueId> outputs = graph_.node(id).outputs;
    graph_.remove_node(id);
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (!outputs[i].valid()) continue;
      graph_.set_constant(outputs[i], std::move(values[i]));
      graph_.set_info(outputs[i], {}, false);
    }
    ++changes_;
  }

  Graph& graph_;
  int64_t opset_;
  const KnownValues& known_;
  int64_t limit_;
  int64_t changes_ = 0;
};

int64_t run(Model& model, QuantTable&, PassContext& context, const OptionValues& options) {
  const int64_t limit = options.integer("limit");
  const KnownValues known(model, context, limit);
  return Folder(model, known, limit).run();
}

}  // namespace

extern const Pass pass_fold_constants = {
    .name = "fold-constants",
    .summary = "compute what does not depend on the inputs and store it as constants",
    .options = {{.name = "limit",
                 .type = OptionSpec::Type::kInt,
                 .default_value = "1048576",
                 .help = "largest result in elements where it has more than the node's inputs",
                 .minimum = 0}},
    .run = run,
};

}  // namespace edgeopt
