#include <algorithm>

#include "base/format.h"
#include "exec/engine_compute.h"
#include "exec/engine_plan.h"
#include "exec/shapes.h"
#include "ops/op.h"
#include "quant/encoding.h"

namespace edgeopt {
namespace {

constexpr size_t kAlignment = 64;

class Planner {
 public:
  Planner(const Graph& graph, int64_t opset, const EngineOptions& options)
      : graph_(graph), opset_(opset), options_(options) {}

  Plan make() {
    plan_.batch = std::max<int64_t>(1, options_.micro_batch);
    const std::map<ValueId, Shape> feeds =
        resolve_feed_shapes(graph_, options_.input_shapes, plan_.batch);
    const std::map<ValueId, Shape> samples = resolve_feed_shapes(graph_, options_.input_shapes, 1);
    values_ = infer_shapes(graph_, opset_, feeds);
    sample_values_ = infer_shapes(graph_, opset_, samples);
    places_.resize(graph_.value_capacity());
    for (const ValueId id : graph_.feeds()) {
      plan_.feeds.push_back({graph_.value(id).name, place(id), samples.at(id)});
      if (observed(id)) plan_.observed_feeds.push_back({id, place(id)});
    }
    for (const NodeId id : graph_.topological_order()) add(graph_.node(id));
    add_fetches();
    return std::move(plan_);
  }

 private:
  bool observed(ValueId id) const {
    return values_[id].type == DataType::kFloat &&
           std::find(options_.observed.begin(), options_.observed.end(), id) !=
               options_.observed.end();
  }

  const Place& place(ValueId id) {
    Place& made = places_[static_cast<size_t>(id.index)];
    if (made.valid()) return made;
    const InferredValue& value = values_[id];
    if (!value.shape || value.type == DataType::kUndefined) {
      fail(ErrorCode::kUnsupported, "{}", values_.gap);
    }
    if (value.type == DataType::kString) {
      fail(ErrorCode::kUnsupported, "'{}' is of strings, which the engine does not move",
           graph_.value(id).name);
    }
    made = {static_cast<int32_t>(plan_.buffers.size()), 0, value.type, *value.shape};
    const auto bytes =
        static_cast<size_t>(element_count(*value.shape) * bits_of(value.type) + 7) / 8;
    plan_.buffers.push_back({bytes, 0, 0, plan_.arena_bytes});
    plan_.arena_bytes += (bytes + kAlignment - 1) / kAlignment * kAlignment;
    return made;
  }

  const TensorEncoding* simulated(const Node& node) const {
    if (options_.table == nullptr || node.op_type != "FakeQuant") return nullptr;
    const auto found = options_.table->find(node.string_or("encoding", ""));
    return found != options_.table->end() && found->second.ready() ? &found->second : nullptr;
  }

  class FakeQuantKernel : public Kernel {
   public:
    FakeQuantKernel(Shape shape, TensorEncoding encoding)
        : shape_(std::move(shape)), encoding_(std::move(encoding)) {}
    void run(std::span<const void* const> inputs, std::span<void* const> outputs,
             void* /*scratch*/) const override {
      const Tensor x = Tensor::view(DataType::kFloat, shape_, const_cast<void*>(inputs[0]));
      const Tensor y = fake_quantize(x, encoding_);
      std::copy_n(y.data<float>(), y.size(), static_cast<float*>(outputs[0]));
    }

   private:
    Shape shape_;
    TensorEncoding encoding_;
  };

  void add(const Node& node) {
    if (fold(node)) return;
    PlanStep step;
    step.name = graph_.describe(node.id);
    step.op_type = node.op_type;
    std::vector<ComputeOperand> inputs;
    std::vector<ComputeOperand> outputs;
    for (const ValueId id : node.inputs) {
      step.inputs.emplace_back();
      ComputeOperand& operand = inputs.emplace_back();
      if (!id.valid()) continue;
      operand.type = values_[id].type;
      if (values_[id].value) {
        operand.constant = *values_[id].value;
      } else {
        step.inputs.back() = place(id);
        operand.shape = step.inputs.back().shape;
      }
    }
    for (const ValueId id : node.outputs) {
      step.outputs.emplace_back();
      ComputeOperand& operand = outputs.emplace_back();
      if (!id.valid()) continue;
      step.outputs.back() = place(id);
      operand = {values_[id].type, *values_[id].shape, {}};
      if (observed(id)) step.observed.push_back({id, place(id)});
    }
    const Operator* op = find_operator(node);
    if (op == nullptr || op->compute == nullptr) {
      fail(ErrorCode::kUnsupported, "{}: the operator {} is not supported", step.name,
           node.op_type);
    }
    // Declared shapes are no ground to run on: an operator writes what it infers.
    const auto gap = values_.gaps.find(node.id);
    if (gap != values_.gaps.end()) fail(ErrorCode::kUnsupported, "{}", gap->second);
    const TensorEncoding* encoding = simulated(node);
    if (encoding != nullptr && inputs[0].type == DataType::kFloat) {
      step.kernel = std::make_unique<FakeQuantKernel>(outputs[0].shape, *encoding);
    } else {
      step.kernel = compute_kernel(graph_, node, opset_, std::move(inputs), std::move(outputs));
    }
    plan_.steps.push_back(std::move(step));
  }

  // FakeQuant of a constant, and what is a constant already.
  bool fold(const Node& node) {
    if (node.op_type == "FakeQuant" && values_[node.inputs[0]].value) {
      const Tensor& x = *values_[node.inputs[0]].value;
      const TensorEncoding* encoding = simulated(node);
      InferredValue& made = values_.values[static_cast<size_t>(node.outputs[0].index)];
      made.value =
          encoding != nullptr && x.type() == DataType::kFloat ? fake_quantize(x, *encoding) : x;
    }
    for (const ValueId id : node.outputs) {
      if (id.valid() && !values_[id].value) return false;
    }
    for (const ValueId id : node.outputs) {
      if (id.valid() && observed(id)) plan_.observed_constants.emplace_back(id, *values_[id].value);
    }
    return true;
  }

  void add_fetches() {
    const std::vector<ValueId>& wanted =
        options_.fetched.empty() ? graph_.outputs() : options_.fetched;
    for (const ValueId id : wanted) {
      PlanFetch& fetch = plan_.fetches.emplace_back();
      fetch.type = values_[id].type;
      if (values_[id].value) {
        fetch.constant = *values_[id].value;
      } else {
        fetch.place = place(id);
        fetch.sample_shape = sample_values_[id].shape.value_or(Shape());
      }
    }
  }

  const Graph& graph_;
  int64_t opset_;
  const EngineOptions& options_;
  InferredGraph values_;
  InferredGraph sample_values_;
  std::vector<Place> places_;
  Plan plan_;
};

}  // namespace

Plan make_plan(const Graph& graph, int64_t opset, const EngineOptions& options) {
  return Planner(graph, opset, options).make();
}

}  // namespace edgeopt
