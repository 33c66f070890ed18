// inspect(): what a model is, and what would be quantized.
#include "edgeopt/inspect.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/format.h"
#include "onnx/model_io.h"
#include "pipeline/coverage.h"
#include "pipeline/default_pipeline.h"
#include "pipeline/macs.h"
#include "pipeline/policy.h"
#include "pipeline/prepare.h"
#include "pipeline/runner.h"

namespace edgeopt {
namespace {

std::string declared_text(const Value& value, const std::optional<Shape>& inferred) {
  if (!value.type.opaque.empty() && value.type.type == DataType::kUndefined) {
    return value.name + ": not a tensor";
  }
  std::string shape;
  if (value.type.dims) {
    for (const Dimension& dim : *value.type.dims) {
      if (!shape.empty()) shape += "x";
      shape += dim.value >= 0 ? format("{}", dim.value) : dim.symbol.empty() ? "?" : dim.symbol;
    }
    if (value.type.dims->empty()) shape = "scalar";
  } else {
    shape = inferred ? to_string(*inferred) : "of unknown shape";
  }
  return format("{}: {} {}", value.name, name_of(value.type.type), shape);
}

class Inspection {
 public:
  Inspection(const std::string& path, const std::string& target, const InputShapes& shapes)
      : path_(path), target_(target_named(target)), shapes_(shapes) {}

  InspectResult run() {
    const Model as_stored = load_model(path_);
    result_.model = path_;
    result_.ir_version = as_stored.ir_version;
    result_.opset = as_stored.opset();
    result_.producer = as_stored.producer_name;
    if (!as_stored.producer_version.empty()) result_.producer += " " + as_stored.producer_version;
    result_.file_bytes = stored_bytes(path_, as_stored);
    model_ = load_executable(path_, shapes_);
    infer();
    describe_ends();
    describe_nodes();
    result_.peak_activation_bytes = peak_bytes();
    mark_quantized();
    return std::move(result_);
  }

 private:
  void infer() {
    types_ =
        infer_shapes(model_.graph, model_.opset(), resolve_feed_shapes(model_.graph, shapes_, 1));
    result_.gap = types_.gap;
  }

  void describe_ends() {
    for (const ValueId id : model_.graph.feeds()) {
      result_.inputs.push_back(declared_text(model_.graph.value(id), types_[id].shape));
    }
    for (const ValueId id : model_.graph.outputs()) {
      result_.outputs.push_back(declared_text(model_.graph.value(id), types_[id].shape));
    }
  }

  // A weight: stored in the file, not the integers of shape arithmetic.
  bool is_parameter(const Node& user, size_t input) const {
    const ValueId id = user.inputs[input];
    if (!id.valid() || !types_[id].value) return false;
    const NodeId producer = model_.graph.value(id).producer;
    if (producer.valid() && model_.graph.node(producer).op_type != "Constant") return false;
    const DataType type = types_[id].type;
    if (is_float(type)) return user.op_type != "QuantizeLinear" || input == 0;
    const bool codes = is_integer(type) && bits_of(type) <= 32;
    return codes && user.op_type == "DequantizeLinear" && input == 0;
  }

  void describe_nodes() {
    std::map<std::string, int64_t> counts;
    std::set<ValueId> counted;
    for (const NodeId id : model_.graph.topological_order()) {
      const Node& node = model_.graph.node(id);
      InspectedNode row;
      row.name = node.name.empty() ? model_.graph.describe(id) : node.name;
      row.op_type = node.op_type;
      row.output_shape = "?";
      if (!node.outputs.empty() && node.outputs[0].valid() && types_[node.outputs[0]].shape) {
        row.output_shape = to_string(*types_[node.outputs[0]].shape);
      }
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        if (!is_parameter(node, i)) continue;
        const int64_t elements = types_[node.inputs[i]].value->size();
        row.parameters += elements;
        if (counted.insert(node.inputs[i]).second) result_.parameters += elements;
      }
      row.macs = macs_of(node, types_);
      result_.macs += row.macs;
      ++counts[node.op_type];
      rows_[id] = result_.nodes.size();
      result_.nodes.push_back(std::move(row));
    }
    result_.operators.assign(counts.begin(), counts.end());
    std::stable_sort(result_.operators.begin(), result_.operators.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
  }

  int64_t bytes_of(ValueId id) const {
    const InferredValue& value = types_[id];
    if (!value.shape || value.value) return 0;
    return (element_count(*value.shape) * bits_of(value.type) + 7) / 8;
  }

  // Each value lives from its producer to its last user.
  int64_t peak_bytes() const {
    const Graph& graph = model_.graph;
    std::vector<size_t> uses(graph.value_capacity());
    int64_t live = 0;
    int64_t peak = 0;
    const auto begin = [&](ValueId id) {
      if (!id.valid()) return;
      live += bytes_of(id);
      uses[static_cast<size_t>(id.index)] = graph.use_count(id);
    };
    for (const ValueId id : graph.feeds()) begin(id);
    for (const NodeId id : graph.topological_order()) {
      for (const ValueId output : graph.node(id).outputs) begin(output);
      peak = std::max(peak, live);
      for (const ValueId input : graph.node(id).inputs) {
        if (!input.valid() || graph.constant(input) != nullptr) continue;
        if (--uses[static_cast<size_t>(input.index)] == 0) live -= bytes_of(input);
      }
    }
    return peak;
  }

  // What the default pipeline would do, up to the quantizers. Node ids stay the same.
  void mark_quantized() {
    QuantizeOptions defaults;
    defaults.target = target_.name;
    PassContext context;
    context.target = &target_;
    context.policy = policy_for(defaults, target_);
    context.input_shapes = shapes_;
    std::vector<PassStep> steps = parse_pass_list(default_pipeline(defaults));
    while (!steps.empty() && steps.back().pass->name != "insert-fake-quant") steps.pop_back();
    QuantTable table;
    try {
      run_passes(model_, table, context, steps, {});
    } catch (const Error& error) {
      for (InspectedNode& row : result_.nodes) row.quantized = error.what();
      return;
    }
    infer();
    const auto coverage = coverage_of(model_.graph, types_, context.policy, {});
    for (const auto& [id, row] : rows_) {
      std::string& text = result_.nodes[row].quantized;
      if (!model_.graph.alive(id)) {
        text = "folded";
        continue;
      }
      const NodeCoverage& node = coverage[static_cast<size_t>(id.index)];
      text = node.state == NodeCoverage::State::kQuantized ? "yes" : node.why;
    }
  }

  const std::string& path_;
  const Target& target_;
  const InputShapes& shapes_;
  Model model_;
  InferredGraph types_;
  std::map<NodeId, size_t> rows_;
  InspectResult result_;
};

}  // namespace

InspectResult inspect(const std::string& model, const std::string& target,
                      const InputShapes& input_shapes) {
  return Inspection(model, target, input_shapes).run();
}

}  // namespace edgeopt
