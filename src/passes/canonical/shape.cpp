// Chains of Reshape and its like, and of Transpose: one node, or none where they cancel.
#include <algorithm>
#include <numeric>

#include "passes/canonical/rules.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

// The elements keep their order.
bool is_reshape_like(const Node& node) {
  return is_op(node, "Reshape") || is_op(node, "Flatten") || is_op(node, "Squeeze") ||
         is_op(node, "Unsqueeze");
}

NodeId reshape_before(const Graph& graph, NodeId id) {
  const NodeId producer = graph.value(graph.node(id).inputs.at(0)).producer;
  if (!producer.valid() || !is_reshape_like(graph.node(producer))) return {};
  return producer;
}

// A Reshape target that says the shape of `value`: -1 for one open dimension. nullopt when more are
// open or a dimension is empty.
std::optional<std::vector<int64_t>> target_of(const KnownValues& known, ValueId value) {
  auto dims = known.dims(value);
  if (!dims || std::count(dims->begin(), dims->end(), 0) > 0) return std::nullopt;
  if (std::count(dims->begin(), dims->end(), -1) > 1) return std::nullopt;
  return dims;
}

// A Reshape whose target is computed, but known up to one open dimension.
bool fix_target(Graph& graph, const KnownValues& known, NodeId id) {
  const ValueId target = input_of(graph.node(id), 1);
  if (!target.valid() || graph.constant(target) != nullptr) return false;
  const ValueId output = graph.node(id).outputs.at(0);
  if (!known.ints(target)) return false;  // the shape is a mere declaration
  const auto dims = target_of(known, output);
  if (!dims) return false;
  graph.set_input(id, 1, add_ints(graph, graph.value(output).name + "_shape", *dims));
  graph.edit(id).remove_attribute("allowzero");
  return true;
}

// What stands in front reads its input instead: the order of elements is all that counts.
bool skip_reshape_before(Graph& graph, const KnownValues& known, NodeId id) {
  const NodeId before = reshape_before(graph, id);
  if (!before.valid()) return false;
  const ValueId source = graph.node(before).inputs.at(0);
  const ValueId output = graph.node(id).outputs.at(0);
  if (known.same_shape(source, output) && can_bypass(graph, id)) {
    graph.set_input(id, 0, source);  // a Reshape that does nothing
    if (can_bypass(graph, id)) {
      bypass(graph, id);
      remove_if_unused(graph, before);
      return true;
    }
    graph.set_input(id, 0, graph.node(before).outputs.at(0));
  }
  const auto dims = target_of(known, output);
  if (!dims) return false;
  const ValueId target = add_ints(graph, graph.value(output).name + "_shape", *dims);
  become_operator(graph, id, "Reshape", {source, target});
  remove_if_unused(graph, before);
  return true;
}

// Reshape, Expand and Reshape that repeat each pixel of an image, as older exports of Darknet's
// upsampling have it, are one Resize: the HTP takes no tensor of six axes.
bool repeat_pixels(Graph& graph, const KnownValues& known, NodeId id) {
  const NodeId expand = maker(graph, graph.node(id).inputs.at(0), "Expand");
  if (!expand.valid() || !reads_alone(graph, id)) return false;
  const NodeId before = maker(graph, graph.node(expand).inputs.at(0), "Reshape");
  if (!before.valid() || !reads_alone(graph, expand)) return false;
  const ValueId image = graph.node(before).inputs.at(0);
  const auto from = known.dims(image);
  const auto split = known.dims(graph.node(before).outputs.at(0));
  const auto wide = known.dims(graph.node(expand).outputs.at(0));
  const auto to = known.dims(graph.node(id).outputs.at(0));
  if (!from || !split || !wide || !to || from->size() != 4 || wide->size() != 6) return false;
  const std::vector<int64_t>& x = *from;
  const int64_t tall = wide->at(3);
  const int64_t broad = wide->at(5);
  if (x[1] < 1 || x[2] < 1 || x[3] < 1 || tall < 1 || broad < 1) return false;
  const bool repeats = *split == std::vector<int64_t>{x[0], x[1], x[2], 1, x[3], 1} &&
                       *wide == std::vector<int64_t>{x[0], x[1], x[2], tall, x[3], broad} &&
                       *to == std::vector<int64_t>{x[0], x[1], x[2] * tall, x[3] * broad};
  if (!repeats) return false;
  const std::string name = graph.value(graph.node(id).outputs.at(0)).name + "_scales";
  const ValueId scales = graph.add_constant(
      graph.fresh_name(name),
      Tensor::from_floats({4}, {1, 1, static_cast<float>(tall), static_cast<float>(broad)}));
  become_operator(graph, id, "Resize", {image, ValueId{}, scales});
  graph.edit(id).set_attribute("mode", std::string("nearest"));
  graph.edit(id).set_attribute("coordinate_transformation_mode", std::string("asymmetric"));
  graph.edit(id).set_attribute("nearest_mode", std::string("floor"));
  remove_if_unused(graph, expand);
  remove_if_unused(graph, before);
  return true;
}

std::optional<std::vector<int64_t>> permutation_of(const KnownValues& known, const Node& node) {
  std::vector<int64_t> order = node.ints_or("perm", {});
  if (!order.empty()) return order;
  const auto rank = known.rank(input_of(node, 0));
  if (!rank) return std::nullopt;
  order.resize(static_cast<size_t>(*rank));
  std::iota(order.rbegin(), order.rend(), 0);
  return order;
}

bool is_identity(const std::vector<int64_t>& order) {
  return std::is_sorted(order.begin(), order.end());
}

bool drop_transpose(Graph& graph, const KnownValues& known, NodeId id) {
  const auto order = permutation_of(known, graph.node(id));
  if (!order || !is_identity(*order) || !can_bypass(graph, id)) return false;
  bypass(graph, id);
  return true;
}

bool merge_transposes(Graph& graph, const KnownValues& known, NodeId id) {
  const NodeId before = maker(graph, input_of(graph.node(id), 0), "Transpose");
  if (!before.valid()) return false;
  const auto first = permutation_of(known, graph.node(before));
  const auto second = permutation_of(known, graph.node(id));
  if (!first || !second || first->size() != second->size()) return false;
  std::vector<int64_t> both;
  for (const int64_t axis : *second) both.push_back(first->at(static_cast<size_t>(axis)));
  graph.set_input(id, 0, graph.node(before).inputs.at(0));
  graph.edit(id).set_attribute("perm", both);
  remove_if_unused(graph, before);
  return true;
}

constexpr CanonicalRule kRules[] = {
    {"Reshape", repeat_pixels},       {"Reshape", fix_target},
    {"Reshape", skip_reshape_before}, {"Flatten", skip_reshape_before},
    {"Squeeze", skip_reshape_before}, {"Unsqueeze", skip_reshape_before},
    {"Transpose", merge_transposes},  {"Transpose", drop_transpose},
};

}  // namespace

std::span<const CanonicalRule> shape_rules() { return kRules; }

}  // namespace edgeopt
