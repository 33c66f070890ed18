// Clamps: Relu where the range is [0, inf), else Clip; chains of them become one. Float only.
#include <algorithm>
#include <cmath>
#include <limits>

#include "passes/canonical/rules.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Limits {
  float low = -kInfinity;
  float high = kInfinity;
  bool operator==(const Limits&) const = default;
};

// The largest float stands for no limit, as old exporters write it.
float widened(float limit) {
  return std::fabs(limit) >= std::numeric_limits<float>::max() ? std::copysign(kInfinity, limit)
                                                               : limit;
}

std::optional<Limits> limits_of(const Graph& graph, const KnownValues& known, NodeId id) {
  const Node& node = graph.node(id);
  if (node.inputs.empty() || known.type(node.inputs[0]) != DataType::kFloat) return std::nullopt;
  if (is_op(node, "Relu")) return Limits{0, kInfinity};
  if (!is_op(node, "Clip")) return std::nullopt;
  Limits limits;
  for (const size_t i : {1U, 2U}) {
    const ValueId input = input_of(node, i);
    if (!input.valid()) continue;
    const auto limit = scalar_of(graph, input);
    if (!limit || std::isnan(*limit)) return std::nullopt;
    (i == 1 ? limits.low : limits.high) = widened(*limit);
  }
  if (limits.low > limits.high) return std::nullopt;
  return limits;
}

// The node becomes a clamp of `input`.
void become(Graph& graph, NodeId id, ValueId input, const Limits& limits) {
  if (limits == Limits{0, kInfinity}) {
    become_operator(graph, id, "Relu", {input});
    return;
  }
  const std::string stem = graph.value(graph.node(id).outputs.at(0)).name;
  std::vector<ValueId> inputs = {input, ValueId{}};
  if (limits.low > -kInfinity) inputs[1] = add_scalar(graph, stem + "_min", limits.low);
  if (limits.high < kInfinity) inputs.push_back(add_scalar(graph, stem + "_max", limits.high));
  become_operator(graph, id, "Clip", std::move(inputs));
}

bool simplify_clip(Graph& graph, const KnownValues& known, NodeId id) {
  const auto limits = limits_of(graph, known, id);
  if (!limits) return false;
  if (*limits == Limits{}) {
    if (!can_bypass(graph, id)) return false;
    bypass(graph, id);
    return true;
  }
  if (*limits != Limits{0, kInfinity}) return false;
  become(graph, id, graph.node(id).inputs[0], *limits);
  return true;
}

bool merge_clamps(Graph& graph, const KnownValues& known, NodeId id) {
  const auto outer = limits_of(graph, known, id);
  if (!outer) return false;
  const NodeId before = graph.value(graph.node(id).inputs[0]).producer;
  if (!before.valid()) return false;
  const auto inner = limits_of(graph, known, before);
  if (!inner) return false;
  const Limits both{std::clamp(inner->low, outer->low, outer->high),
                    std::clamp(inner->high, outer->low, outer->high)};
  if (both == *inner && can_bypass(graph, id)) {
    bypass(graph, id);
    return true;
  }
  become(graph, id, graph.node(before).inputs[0], both);
  remove_if_unused(graph, before);
  return true;
}

// Min(x, 6) and Max(x, 0) of a tensor and a scalar.
bool clamp_by_extreme(Graph& graph, const KnownValues& known, NodeId id) {
  const Node& node = graph.node(id);
  if (node.inputs.size() == 1 && can_bypass(graph, id)) {
    bypass(graph, id);
    return true;
  }
  if (node.inputs.size() != 2) return false;
  for (const size_t i : {0U, 1U}) {
    const auto limit = scalar_of(graph, node.inputs[i]);
    const ValueId data = node.inputs[1 - i];
    if (!limit || std::isnan(*limit) || known.type(data) != DataType::kFloat) continue;
    // A scalar of higher rank would raise the rank of the result.
    const auto scalar_rank = static_cast<int64_t>(graph.constant(node.inputs[i])->rank());
    if (scalar_rank > known.rank(data).value_or(0)) continue;
    const Limits limits =
        is_op(node, "Max") ? Limits{*limit, kInfinity} : Limits{-kInfinity, *limit};
    become(graph, id, data, limits);
    return true;
  }
  return false;
}

constexpr CanonicalRule kRules[] = {
    {"Min", clamp_by_extreme}, {"Max", clamp_by_extreme}, {"Clip", simplify_clip},
    {"Clip", merge_clamps},    {"Relu", merge_clamps},
};

}  // namespace

std::span<const CanonicalRule> clamp_rules() { return kRules; }

}  // namespace edgeopt
