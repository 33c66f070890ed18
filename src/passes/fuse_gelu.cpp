// fuse-gelu: x / 2 * (1 + erf(x / sqrt(2))), as exporters write it for opsets before 20, becomes
// the Gelu of the domain com.microsoft. Quantized step by step each of the five steps costs
// accuracy, and the HTP has no Erf.
#include <cmath>
#include <optional>

#include "passes/pass.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

constexpr const char* kDomain = "com.microsoft";

bool is_close(double value, double wanted) { return std::fabs(value / wanted - 1) < 1e-4; }

// The other operand of a Mul or Add, and the constant beside it.
struct Scaled {
  ValueId value;
  float constant = 0;
};
std::optional<Scaled> with_constant(const Graph& graph, const Node& node) {
  for (const size_t i : {0, 1}) {
    const auto constant = scalar_of(graph, input_of(node, i));
    if (constant) return Scaled{input_of(node, 1 - i), *constant};
  }
  return std::nullopt;
}

// x of x / sqrt(2).
ValueId halved_variance(const Graph& graph, ValueId value) {
  const NodeId times = maker(graph, value, "Mul");
  const NodeId by = maker(graph, value, "Div");
  if (times.valid()) {
    const auto scaled = with_constant(graph, graph.node(times));
    return scaled && is_close(scaled->constant, std::sqrt(0.5)) ? scaled->value : ValueId{};
  }
  if (!by.valid()) return {};
  const auto divisor = scalar_of(graph, input_of(graph.node(by), 1));
  return divisor && is_close(*divisor, std::sqrt(2.0)) ? input_of(graph.node(by), 0) : ValueId{};
}

class Fusion {
 public:
  Fusion(Graph& graph, NodeId erf) : graph_(graph), erf_(erf) {}

  bool run() {
    x_ = halved_variance(graph_, graph_.node(erf_).inputs.at(0));
    const NodeId sum = graph_.only_user(graph_.node(erf_).outputs.at(0));
    if (!x_.valid() || !sum.valid() || !is_op(graph_.node(sum), "Add")) return false;
    const auto shifted = with_constant(graph_, graph_.node(sum));
    if (!shifted || !is_close(shifted->constant, 1)) return false;
    for (NodeId at = sum; (at = factor_behind(at)).valid();) {
      if (!has_x_ || !is_close(factor_, 0.5)) continue;
      replace(at);
      return true;
    }
    return false;
  }

 private:
  // The product that alone reads what `id` makes; counts its other factor.
  NodeId factor_behind(NodeId id) {
    const ValueId value = graph_.node(id).outputs.at(0);
    const NodeId user = graph_.only_user(value);
    if (!user.valid() || !is_op(graph_.node(user), "Mul")) return {};
    const Node& product = graph_.node(user);
    const ValueId other = product.inputs[product.inputs[0] == value ? 1 : 0];
    const NodeId maker_of_other = maker(graph_, other, "Mul");
    const auto scaled =
        maker_of_other.valid() ? with_constant(graph_, graph_.node(maker_of_other)) : std::nullopt;
    if (const auto constant = scalar_of(graph_, other)) {
      factor_ *= *constant;
    } else if (other == x_ && !has_x_) {
      has_x_ = true;
    } else if (scaled && scaled->value == x_ && !has_x_) {
      has_x_ = true;
      factor_ *= scaled->constant;
    } else {
      return {};
    }
    return user;
  }

  // Dead steps before it go as well.
  void replace(NodeId last) {
    Node gelu;
    gelu.op_type = "Gelu";
    gelu.domain = kDomain;
    gelu.name = graph_.node(last).name;
    gelu.inputs = {x_};
    gelu.outputs = graph_.node(last).outputs;
    const std::vector<ValueId> read = graph_.node(last).inputs;
    graph_.remove_node(last);
    for (const ValueId value : read) remove_unread(value);
    graph_.add_node(std::move(gelu));
  }

  void remove_unread(ValueId value) {
    std::vector<ValueId> open = {value};
    while (!open.empty()) {
      const ValueId next = open.back();
      open.pop_back();
      const NodeId producer = graph_.value(next).producer;
      if (next == x_ || !producer.valid()) continue;
      const std::vector<ValueId> read = graph_.node(producer).inputs;
      remove_if_unused(graph_, producer);
      if (!graph_.alive(producer)) open.insert(open.end(), read.begin(), read.end());
    }
  }

  Graph& graph_;
  NodeId erf_;
  ValueId x_;
  bool has_x_ = false;
  double factor_ = 1;  // of the constants so far
};

int64_t run(Model& model, QuantTable&, PassContext& context, const OptionValues&) {
  if (!context.policy.microsoft_operators) return 0;
  int64_t changes = 0;
  for (const NodeId id : model.graph.topological_order()) {
    if (!model.graph.alive(id) || !is_op(model.graph.node(id), "Erf")) continue;
    changes += Fusion(model.graph, id).run() ? 1 : 0;
  }
  if (changes > 0) model.opsets.try_emplace(kDomain, 1);
  return changes;
}

}  // namespace

extern const Pass pass_fuse_gelu = {
    .name = "fuse-gelu",
    .summary = "Gelu written with Erf becomes one node, where the target takes com.microsoft's",
    .options = {},
    .run = run,
};

}  // namespace edgeopt
