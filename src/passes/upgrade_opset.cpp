// upgrade-opset: brings a model to opset 13 or later, the forms that edgeopt knows. First of all
// passes. Initializers stop being inputs, too.
//
// The target's policy moves the goal: its lowest opset is reached, and a model above its highest
// one is lowered where nothing in it is newer. Otherwise no model is lowered.
#include <algorithm>
#include <array>

#include "base/format.h"
#include "onnx/nested.h"
#include "passes/opset_rules.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

constexpr int64_t kOldest = 7;
constexpr int64_t kForm = 13;  // of the operators as edgeopt knows them
constexpr int64_t kNewest = 25;

// The IR version that ONNX released with each opset from 13 on.
int64_t ir_version_of(int64_t opset) {
  constexpr std::array<int64_t, 13> kVersions = {7, 7, 8, 8, 8, 8, 9, 9, 10, 10, 11, 12, 13};
  return kVersions[static_cast<size_t>(std::clamp(opset, kForm, kNewest) - kForm)];
}

bool is_onnx(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

int64_t goal_of(const Model& model, const PassContext& context, int64_t wanted) {
  const QuantPolicy& policy = context.policy;
  if (wanted > policy.max_opset) {
    fail(ErrorCode::kUsage, "upgrade-opset: the target takes opsets up to {}, not {}",
         policy.max_opset, wanted);
  }
  return std::min(std::max({model.opset(), kForm, policy.min_opset, wanted}), policy.max_opset);
}

// What edgeopt carries through verbatim must mean the same at the new opset.
void check_carried(const Model& model, int64_t to) {
  const auto differs = [&](const std::string& op_type, int64_t from) {
    return from < to ? changes_form(op_type, from, to) : !same_in_older(op_type, from, to);
  };
  const int64_t from = model.opset();
  for (const NodeId id : model.graph.topological_order()) {
    for (const NestedNode& nested : subgraph_nodes(model.graph.node(id))) {
      if (!is_onnx(nested.domain) || !differs(nested.op_type, from)) continue;
      fail(ErrorCode::kUnsupported,
           "{}: its subgraph holds {} '{}', which differs between opset {} and {}; export the "
           "model with opset {} or later",
           model.graph.describe(id), nested.op_type, nested.name, from, to, std::max(to, kForm));
    }
  }
  for (const NestedNode& nested : function_nodes(model)) {
    const int64_t opset = nested.opset > 0 ? nested.opset : from;
    if (!is_onnx(nested.domain) || !differs(nested.op_type, opset)) continue;
    fail(ErrorCode::kUnsupported,
         "function '{}' holds {} '{}', which differs between opset {} and {}; export the model "
         "with opset {} or later",
         nested.function, nested.op_type, nested.name, opset, to, std::max(to, kForm));
  }
}

void raise(OpsetChange& change, const PassContext& context) {
  Graph& graph = change.model.graph;
  bool shapes_needed = false;
  const auto apply = [&](bool with_shapes) {
    for (NodeId id : graph.topological_order()) {
      if (!is_onnx(graph.node(id).domain)) continue;
      const std::string op_type = graph.node(id).op_type;
      for (const RaiseRule& rule : raise_rules()) {
        if (rule.op_type != op_type) continue;
        if (change.from >= rule.since || rule.since > change.to) continue;
        shapes_needed = shapes_needed || rule.needs_shapes;
        if (rule.needs_shapes == with_shapes) rule.apply(change, id);
      }
    }
  };
  apply(false);
  change.model.opsets[""] = change.to;
  if (!shapes_needed) return;
  const KnownValues known(change.model, context);
  change.known = &known;
  apply(true);
}

void lower(OpsetChange& change, const PassContext& context) {
  const KnownValues known(change.model, context);
  change.known = &known;
  Graph& graph = change.model.graph;
  for (const NodeId id : graph.topological_order()) {
    if (is_onnx(graph.node(id).domain)) lower_node(change, id);
  }
  change.model.opsets[""] = change.to;
}

int64_t move_opset(Model& model, const PassContext& context, int64_t to) {
  OpsetChange change{model, model.opset(), to};
  if (change.from == to) return 0;
  check_carried(model, to);
  // Works on a copy: a node that cannot be brought over leaves the model as it was.
  Model moved = model;
  OpsetChange working{moved, change.from, to};
  change.from < to ? raise(working, context) : lower(working, context);
  model = std::move(moved);
  return working.changes + 1;
}

// Initializers that are listed as inputs (as IR versions before 4 demanded) are plain constants.
int64_t strip_inputs(Model& model) {
  const std::vector<ValueId> feeds = model.graph.feeds();
  const size_t stripped = model.graph.inputs().size() - feeds.size();
  if (stripped == 0) return 0;
  model.graph.set_graph_inputs(feeds);
  model.ir_version = std::max<int64_t>(model.ir_version, 4);
  return static_cast<int64_t>(stripped);
}

int64_t run(Model& model, QuantTable&, PassContext& context, const OptionValues& options) {
  if (!model.opsets.contains("")) return strip_inputs(model);
  const int64_t from = model.opset();
  if (from < kOldest || from > kNewest) {
    fail(ErrorCode::kUnsupported,
         "{}: opset {} is not supported, only {} to {}; convert it with ONNX's version converter",
         model.path.empty() ? "the model" : model.path, from, kOldest, kNewest);
  }
  int64_t changes = move_opset(model, context, goal_of(model, context, options.integer("to")));
  changes += strip_inputs(model);
  const int64_t ir_version = std::max(model.ir_version, ir_version_of(model.opset()));
  if (changes == 0 || ir_version == model.ir_version) return changes;
  model.ir_version = ir_version;
  return changes + 1;
}

}  // namespace

extern const Pass pass_upgrade_opset = {
    .name = "upgrade-opset",
    .summary = "bring the model to opset 13 or later, or into the target's range",
    .options = {{.name = "to",
                 .type = OptionSpec::Type::kInt,
                 .default_value = "13",
                 .help = "lowest opset wanted; a newer model stays as it is",
                 .minimum = 13,
                 .maximum = 25}},
    .run = run,
};

}  // namespace edgeopt
