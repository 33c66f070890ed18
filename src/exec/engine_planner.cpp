#include <algorithm>

#include "base/format.h"
#include "exec/engine_alias.h"
#include "exec/engine_batch.h"
#include "exec/engine_builder.h"
#include "exec/engine_builds.h"
#include "exec/engine_chain.h"
#include "exec/engine_compute.h"
#include "exec/engine_constants.h"
#include "exec/engine_elementwise.h"
#include "exec/engine_fold.h"
#include "exec/engine_joins.h"
#include "exec/engine_memory.h"
#include "exec/engine_plan.h"
#include "exec/engine_profile.h"
#include "exec/shapes.h"
#include "kernels/backend.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

std::map<ValueId, Shape> feed_shapes(const Graph& graph, const EngineOptions& options,
                                     int64_t batch) {
  std::map<ValueId, Shape> shapes = resolve_feed_shapes(graph, options.input_shapes, 1);
  for (auto& [id, shape] : shapes) {
    if (batch > 1) shape[0] *= batch;
  }
  return shapes;
}

class Planner {
 public:
  Planner(Plan& plan, int64_t opset, const EngineOptions& options, const Wanted& wanted)
      : graph_(*plan.graph),
        opset_(opset),
        options_(options),
        wanted_(wanted),
        plan_(plan),
        inferred_(infer_shapes(graph_, opset, feed_shapes(graph_, options, plan.batch))),
        constants_(graph_, opset, inferred_, options.table),
        chains_(graph_, inferred_, constants_, wanted, options.table),
        observed_(options.observed.begin(), options.observed.end()),
        builder_(graph_, inferred_, observed_, plan),
        builds_(options.threads),
        done_(graph_.node_capacity(), 0) {}

  void run() {
    for (const auto& [id, shape] : feed_shapes(graph_, options_, 1)) samples_[id] = shape;
    for (const ValueId id : graph_.feeds()) builder_.add_feed(id, samples_.at(id));
    for (const NodeId id : graph_.topological_order()) {
      if (done_[static_cast<size_t>(id.index)] == 0) visit(graph_.node(id));
    }
    for (const ValueId id : wanted_.fetched) fetch(id);
    for (const ValueId id : observed_) {
      if (!constants_.known(id)) continue;
      const Tensor constant = constants_.get_floats(id);
      if (!constant.empty()) plan_.observed_constants.emplace_back(id, constant);
    }
    builds_.finish();
    builder_.finish();
    join_moves(plan_);
    lay_out_memory(plan_);
  }

 private:
  const Shape& shape_of(ValueId id) const { return *inferred_[id].shape; }

  void fetch(ValueId id) {
    const bool constant = constants_.known(id);
    if (!constant && !builder_.knows(id)) {
      fail(ErrorCode::kUnsupported, "value '{}' cannot be computed", graph_.value(id).name);
    }
    Shape sample = shape_of(id);
    if (!constant && plan_.batch > 1) sample[0] = 1;
    const Tensor value = constant ? constants_.get(id) : Tensor();
    builder_.add_fetch(id, sample, constant ? &value : nullptr);
  }

  void visit(const Node& node) {
    const bool known = std::all_of(node.outputs.begin(), node.outputs.end(),
                                   [&](ValueId id) { return !id.valid() || constants_.known(id); });
    if (known) return;
    require_plannable(node);
    if (const auto place = alias_of(graph_, node, inferred_, options_.table, builder_)) {
      builder_.set_place(node.outputs[0], *place);
      builder_.observe(node.outputs[0]);
    } else {
      add_kernel(node);
    }
  }

  void require_plannable(const Node& node) const {
    const Operator* op = find_operator(node);
    if (op == nullptr || op->compute == nullptr) {
      fail(ErrorCode::kUnsupported, "{}: the operator {}{} is not supported",
           graph_.describe(node.id), node.op_type,
           node.domain.empty() ? "" : " of domain " + node.domain);
    }
    // Declared shapes are no ground to run on: an operator writes what it infers.
    const auto gap = inferred_.gaps.find(node.id);
    if (gap != inferred_.gaps.end()) fail(ErrorCode::kUnsupported, "{}", gap->second);
    for (const ValueId id : node.outputs) {
      if (!id.valid()) continue;
      check(inferred_[id].shape.has_value(), "a shape that is not known leaves a gap");
      refuse_strings(id);
    }
    for (const ValueId id : node.inputs) {
      if (id.valid() && !constants_.known(id)) refuse_strings(id);
    }
  }

  void refuse_strings(ValueId id) const {
    if (inferred_[id].type != DataType::kString) return;
    fail(ErrorCode::kUnsupported, "'{}' is of strings, which the engine does not move",
         graph_.value(id).name);
  }

  // A node with what is folded into it.
  struct Group {
    const Node& node;
    std::vector<ChainLink> links;   // all that could be folded
    std::vector<Tensor> constants;  // of the node's inputs
  };

  void add_kernel(const Node& node) {
    Group group{node, {}, {}};
    for (const ValueId id : node.inputs) {
      group.constants.push_back(constants_.known(id) ? constants_.get(id) : Tensor());
    }
    const bool single = std::count_if(node.outputs.begin(), node.outputs.end(),
                                      [](ValueId id) { return id.valid(); }) == 1;
    if (single && node.outputs[0].valid()) {
      group.links = chains_.behind(node.outputs[0], channel_axis(node));
    }
    for (const Layout layout : layouts_for(node)) {
      for (size_t links = usable_links(group); true; --links) {
        if (try_kernel(group, layout, links)) return;
        if (links == 0) break;
      }
    }
    add_compute(group);
  }

  size_t channel_axis(const Node& node) const {
    const size_t rank = shape_of(node.outputs[0]).size();
    return node.op_type == "MatMul" && rank > 0 ? rank - 1 : 1;
  }

  // Up to the first residual that is not there yet.
  size_t usable_links(const Group& group) const {
    size_t count = 0;
    while (count < group.links.size()) {
      const ValueId operand = group.links[count].operand;
      if (operand.valid() && !builder_.knows(operand)) break;
      ++count;
    }
    return count;
  }

  // Convolutions want channels-last; others what their inputs have.
  std::vector<Layout> layouts_for(const Node& node) const {
    const int weight = traits_of(node).weight_input;
    if (weight >= 0 && is_image(shape_of(node.inputs[0])) &&
        shape_of(node.inputs[static_cast<size_t>(weight)]).size() > 2) {
      return {Layout::kChannelsLast, Layout::kPlain};
    }
    bool image = is_image(shape_of(node.outputs[0]));
    bool all_plain = true;
    for (const ValueId id : node.inputs) {
      if (!id.valid() || constants_.known(id)) continue;
      image = image || is_image(shape_of(id));
      all_plain = all_plain && builder_.lies_in(id, Layout::kPlain);
    }
    if (!image) return {Layout::kPlain};
    if (all_plain) return {Layout::kPlain, Layout::kChannelsLast};
    return {Layout::kChannelsLast, Layout::kPlain};
  }

  bool try_kernel(const Group& group, Layout layout, size_t links) {
    const Node& node = group.node;
    const Operator& op = *find_operator(node);
    PrepareContext context;
    context.graph = &graph_;
    context.node = &node;
    context.opset = opset_;
    describe_operands(group, layout, context);
    size_t affine = 0;
    while (affine < links && group.links[affine].affine) ++affine;
    FoldedLayer folded;
    const std::span<const ChainLink> all(group.links);
    if (affine > 0 && !fold_into_layer(all.first(affine), context, folded)) return false;
    std::vector<ValueId> operands;
    for (size_t i = affine; i < links; ++i) {
      if (group.links[i].grid) {
        if (!op.traits.writes_codes) return false;
        context.grid = group.links[i].grid;
        context.outputs[0].type = DataType::kUint8;
        break;
      }
      EpilogueStep step = group.links[i].step;
      if (group.links[i].operand.valid()) {
        step.operand = operands.size();
        operands.push_back(group.links[i].operand);
      }
      context.epilogue.push_back(step);
    }
    std::unique_ptr<Kernel> kernel = op.prepare != nullptr ? op.prepare(context) : nullptr;
    if (kernel == nullptr && affine == 0) kernel = prepare_elementwise(context, chains_);
    if (kernel == nullptr) return false;
    builds_.add(*kernel, constants_of(group, std::move(folded)));
    add_planned(group, context, links, std::move(kernel), operands);
    return true;
  }

  static std::vector<Tensor> constants_of(const Group& group, FoldedLayer folded) {
    std::vector<Tensor> constants = group.constants;
    constants.push_back(std::move(folded.weight));
    constants.push_back(std::move(folded.bias));
    return constants;
  }

  void describe_operands(const Group& group, Layout layout, PrepareContext& context) const {
    const auto describe = [&](ValueId id) {
      PrepareContext::Operand operand;
      if (!id.valid()) return operand;
      operand.type = inferred_[id].type;
      operand.shape = shape_of(id);
      operand.layout = is_image(operand.shape) ? layout : Layout::kPlain;
      return operand;
    };
    for (size_t i = 0; i < group.node.inputs.size(); ++i) {
      PrepareContext::Operand& operand =
          context.inputs.emplace_back(describe(group.node.inputs[i]));
      if (group.constants[i].empty()) continue;
      operand.layout = Layout::kPlain;
      operand.constant = &group.constants[i];
    }
    for (const ValueId id : group.node.outputs) context.outputs.push_back(describe(id));
  }

  void add_planned(const Group& group, const PrepareContext& context, size_t links,
                   std::unique_ptr<Kernel> kernel, const std::vector<ValueId>& operands) {
    PlanStep step;
    step.kernel = std::move(kernel);
    for (size_t i = 0; i < group.node.inputs.size(); ++i) {
      const ValueId id = group.node.inputs[i];
      const bool given = !id.valid() || !group.constants[i].empty();
      step.inputs.push_back(given ? Place{} : builder_.place_in(id, context.inputs[i].layout));
    }
    step.inputs.resize(context.inputs.size());
    for (const ValueId id : operands) {
      step.inputs.push_back(builder_.place_in(id, context.outputs[0].layout));
    }
    for (size_t i = 0; i < group.node.outputs.size(); ++i) {
      const ValueId id = group.node.outputs[i];
      const ValueId made = links > 0 ? group.links[links - 1].result : id;
      step.outputs.push_back(id.valid() ? builder_.new_place(made, context.outputs[i].layout)
                                        : Place{});
    }
    finish_step(group, links, std::move(step));
  }

  void finish_step(const Group& group, size_t links, PlanStep step) {
    step.name = graph_.describe(group.node.id);
    step.op_type = group.node.op_type;
    step.flops = flops_of(group.node, inferred_);
    for (size_t i = 0; i < links; ++i) {
      const Node& folded = graph_.node(group.links[i].node);
      done_[static_cast<size_t>(folded.id.index)] = 1;
      step.name += " + " + folded.op_type;
    }
    builder_.add_step(std::move(step));
    if (links > 0) return builder_.observe(group.links[links - 1].result);
    for (const ValueId id : group.node.outputs) {
      if (id.valid()) builder_.observe(id);
    }
  }

  void add_compute(const Group& group) {
    const Node& node = group.node;
    PlanStep step;
    std::vector<ComputeOperand> inputs;
    std::vector<ComputeOperand> outputs;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId id = node.inputs[i];
      ComputeOperand& operand = inputs.emplace_back();
      step.inputs.emplace_back();
      if (!id.valid()) continue;
      operand = {inferred_[id].type, shape_of(id), group.constants[i]};
      if (group.constants[i].empty()) step.inputs.back() = builder_.place_in(id, Layout::kPlain);
    }
    for (const ValueId id : node.outputs) {
      outputs.emplace_back();
      step.outputs.emplace_back();
      if (!id.valid()) continue;
      outputs.back() = {inferred_[id].type, shape_of(id), {}};
      step.outputs.back() = builder_.new_place(id, Layout::kPlain);
    }
    check(node.find_attribute(kGateEncoding) == nullptr, "a quantized gate is a step");
    if (const TensorEncoding* encoding = simulated_encoding(node, options_.table)) {
      step.kernel = fake_quant_kernel(shape_of(node.inputs[0]), *encoding);
    } else {
      step.kernel = compute_kernel(graph_, node, opset_, std::move(inputs), std::move(outputs));
    }
    finish_step(group, 0, std::move(step));
  }

  const Graph& graph_;
  int64_t opset_;
  const EngineOptions& options_;
  const Wanted& wanted_;
  Plan& plan_;
  InferredGraph inferred_;
  Constants constants_;
  Chains chains_;
  std::set<ValueId> observed_;
  PlanBuilder builder_;
  KernelBuilds builds_;
  std::vector<char> done_;  // by node: folded into another
  std::map<ValueId, Shape> samples_;
};

}  // namespace

Plan make_plan(const Graph& graph, int64_t opset, const EngineOptions& given) {
  single_threaded_kernels();  // some backends choose how to divide the work now
  const Wanted wanted = wanted_of(graph, given);
  QuantTable table = given.table != nullptr ? *given.table : QuantTable();
  EngineOptions options = given;
  options.table = &table;
  Plan plan;
  plan.graph = std::make_unique<Graph>(lower_graph(graph, opset, options, wanted, table));
  plan.batch = choose_micro_batch(*plan.graph, opset, options);
  Planner(plan, opset, options, wanted).run();
  return plan;
}

}  // namespace edgeopt
