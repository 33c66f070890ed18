// equalize-layers: cross-layer equalization. Nagel et al., "Data-Free Quantization Through Weight
// Equalization and Bias Correction" (arXiv 1906.04721), section 4.1; triples with a depthwise layer
// in the middle as in AIMET.
//
// Between two layers that only a positively homogeneous function f separates, f(s x) = s f(x), the
// channels of the first may be divided by s and those of the second multiplied by s without any
// change of the outputs. With r the largest magnitude of a channel's weights, s = sqrt(r1 / r2)
// makes both ranges sqrt(r1 r2). For a triple the common range is the cubic root of r1 r2 r3.
#include <algorithm>
#include <cmath>

#include "ops/op.h"
#include "passes/layer_fold.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

using Scales = std::vector<double>;

bool is_conv(const Node& node) { return is_op(node, "Conv") || is_op(node, "ConvTranspose"); }

// Layers whose weights may be scaled: nothing else reads them, and the bias is constant.
std::optional<Layer> scalable_layer(const Graph& graph, NodeId id) {
  const auto layer = layer_of(graph, id);
  if (!layer || graph.use_count(layer->weight) != 1) return std::nullopt;
  const ChannelAffine nothing{Scales(static_cast<size_t>(output_channels(graph, *layer)), 1.0),
                              Scales(static_cast<size_t>(output_channels(graph, *layer)), 0.0)};
  if (!can_fold_behind(graph, *layer, nothing, -1)) return std::nullopt;
  return layer;
}

bool hands_scale_on(const Graph& graph, const Node& node) {
  const OpTraits& traits = traits_of(node);
  if (!traits.positively_homogeneous || !traits.elementwise) return false;
  return std::all_of(node.inputs.begin() + 1, node.inputs.end(), [&](ValueId input) {
    return !input.valid() || graph.constant(input) != nullptr;
  });
}

// The layer that alone reads what `layer` makes, channel for channel.
std::optional<Layer> next_layer(const Graph& graph, const Layer& layer) {
  ValueId value = graph.node(layer.node).outputs.at(0);
  for (;;) {
    const NodeId user = graph.only_user(value);
    if (!user.valid() || input_of(graph.node(user), 0) != value) return std::nullopt;
    const Node& node = graph.node(user);
    if (const auto next = scalable_layer(graph, user)) {
      if (is_conv(node) != is_conv(graph.node(layer.node))) return std::nullopt;
      if (node.int_or("transA", 0) != 0) return std::nullopt;
      if (input_channels(graph, *next) != output_channels(graph, layer)) return std::nullopt;
      return next;
    }
    if (!hands_scale_on(graph, node) || !only_first_output_used(graph, user)) return std::nullopt;
    value = node.outputs[0];
  }
}

bool is_depthwise(const Graph& graph, const Layer& layer) {
  return layer.groups > 1 && input_channels(graph, layer) == layer.groups &&
         output_channels(graph, layer) == layer.groups;
}

Scales ranges(const Graph& graph, const Layer& layer, bool of_outputs) {
  const int64_t channels =
      of_outputs ? output_channels(graph, layer) : input_channels(graph, layer);
  Scales largest(static_cast<size_t>(channels), 0.0);
  const float* weight = graph.constant(layer.weight)->data<float>();
  for_each_weight(graph, layer, [&](int64_t out, int64_t in, int64_t first, int64_t count) {
    double& range = largest[static_cast<size_t>(of_outputs ? out : in)];
    for (int64_t i = first; i < first + count; ++i) {
      range = std::max(range, std::fabs(static_cast<double>(weight[i])));
    }
  });
  return largest;
}

class Equalizer {
 public:
  Equalizer(Graph& graph, double max_scale) : graph_(graph), max_scale_(max_scale) {}

  // One sweep in topological order. Returns the sets of layers that changed.
  int64_t sweep() {
    largest_step_ = 0;
    int64_t changes = 0;
    std::vector<bool> in_triple(graph_.node_capacity());
    for (const NodeId id : graph_.topological_order()) {
      if (in_triple[static_cast<size_t>(id.index)]) continue;  // as the one in the middle
      const auto first = scalable_layer(graph_, id);
      const auto second = first ? next_layer(graph_, *first) : std::nullopt;
      if (!second) continue;
      if (!is_depthwise(graph_, *second)) {
        changes += equalize_pair(*first, *second) ? 1 : 0;
        continue;
      }
      const auto third = next_layer(graph_, *second);
      if (!third) continue;
      in_triple[static_cast<size_t>(second->node.index)] = true;
      changes += equalize_triple(*first, *second, *third) ? 1 : 0;
    }
    return changes;
  }

  // The largest |log s| of the last sweep.
  double largest_step() const { return largest_step_; }

 private:
  double limited(double scale) const {
    constexpr double kNothing = 1e-6;  // below it, rounding to float may undo the whole change
    if (!std::isfinite(scale) || scale <= 0 || std::fabs(scale - 1) < kNothing) return 1;
    return std::clamp(scale, 1 / max_scale_, max_scale_);
  }

  // Channels of `before` are divided by s, those of `after` multiplied. False where all s are 1.
  bool shift_scales(NodeId before, NodeId after, const Scales& s) {
    bool changes = false;
    ChannelAffine down{s, Scales(s.size(), 0.0)};
    for (double& scale : down.scale) {
      largest_step_ = std::max(largest_step_, std::fabs(std::log(scale)));
      changes = changes || scale != 1;
      scale = 1 / scale;
    }
    if (!changes) return false;
    fold_behind(graph_, *layer_of(graph_, before), down);
    fold_before(graph_, *layer_of(graph_, after), {s, Scales(s.size(), 0.0)});
    return true;
  }

  bool equalize_pair(const Layer& first, const Layer& second) {
    const Scales after = ranges(graph_, second, false);
    Scales s = ranges(graph_, first, true);
    for (size_t c = 0; c < s.size(); ++c) {
      s[c] = s[c] > 0 && after[c] > 0 ? limited(std::sqrt(s[c] / after[c])) : 1;
    }
    return shift_scales(first.node, second.node, s);
  }

  bool equalize_triple(const Layer& first, const Layer& second, const Layer& third) {
    const Scales r2 = ranges(graph_, second, true);
    Scales s12 = ranges(graph_, first, true);
    Scales s23 = ranges(graph_, third, false);
    for (size_t c = 0; c < r2.size(); ++c) {
      const double common = std::cbrt(s12[c] * r2[c] * s23[c]);
      s12[c] = common > 0 ? limited(s12[c] / common) : 1;
      s23[c] = common > 0 ? limited(common / s23[c]) : 1;
    }
    const bool front = shift_scales(first.node, second.node, s12);
    const bool back = shift_scales(second.node, third.node, s23);
    return front || back;
  }

  Graph& graph_;
  double max_scale_;
  double largest_step_ = 0;
};

int64_t run(Model& model, QuantTable&, PassContext&, const OptionValues& options) {
  constexpr double kConverged = 1e-3;  // a change of 0.1 %
  Equalizer equalizer(model.graph, options.number("max-scale"));
  int64_t changes = 0;
  for (int64_t i = 0; i < options.integer("iterations"); ++i) {
    changes += equalizer.sweep();
    if (equalizer.largest_step() < kConverged) break;
  }
  return changes;
}

}  // namespace

extern const Pass pass_equalize_layers = {
    .name = "equalize-layers",
    .summary = "even out the weight ranges of consecutive layers, channel by channel",
    .options = {{.name = "iterations",
                 .type = OptionSpec::Type::kInt,
                 .default_value = "1",
                 .help = "sweeps over the model, fewer once nothing changes by 0.1 %",
                 .minimum = 1,
                 .maximum = 1000},
                {.name = "max-scale",
                 .type = OptionSpec::Type::kFloat,
                 .default_value = "1000",
                 .help = "largest factor by which a channel is scaled up or down in one sweep, so "
                         "that the bias of a dead channel does not grow beyond all others",
                 .minimum = 1,
                 .maximum = 1e30}},
    .run = run,
    .idempotent = false,  // what is equal between one pair is moved again by the next
};

}  // namespace edgeopt
