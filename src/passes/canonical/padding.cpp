// A Pad in front of a convolution or pooling moves into its own pads where the result is the same.
#include <algorithm>
#include <limits>

#include "ops/op.h"
#include "passes/canonical/rules.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

struct Padding {
  ValueId data;
  float value = 0;
  std::vector<int64_t> begin;  // of the spatial dimensions
  std::vector<int64_t> end;
};

// Pads of all dimensions, begins before ends; nullopt when they are not known.
std::optional<std::vector<int64_t>> all_pads(const Graph& graph, const KnownValues& known,
                                             const Node& pad) {
  auto pads = constant_ints(graph, input_of(pad, 1));
  const ValueId axes_input = input_of(pad, 3);
  if (!pads || !axes_input.valid()) return pads;
  const auto axes = constant_ints(graph, axes_input);
  const auto rank = known.rank(input_of(pad, 0));
  if (!axes || !rank || pads->size() != 2 * axes->size()) return std::nullopt;
  std::vector<int64_t> all(static_cast<size_t>(2 * *rank), 0);
  for (size_t i = 0; i < axes->size(); ++i) {
    const int64_t axis = (*axes)[i] + ((*axes)[i] < 0 ? *rank : 0);
    all.at(static_cast<size_t>(axis)) = (*pads)[i];
    all.at(static_cast<size_t>(axis + *rank)) = (*pads)[i + axes->size()];
  }
  return all;
}

// A constant Pad of spatial dimensions, by nothing negative.
std::optional<Padding> padding_before(const Graph& graph, const KnownValues& known, NodeId id) {
  const NodeId before = maker(graph, input_of(graph.node(id), 0), "Pad");
  if (!before.valid()) return std::nullopt;
  const Node& pad = graph.node(before);
  if (pad.string_or("mode", "constant") != "constant") return std::nullopt;
  const auto pads = all_pads(graph, known, pad);
  if (!pads || pads->size() < 6) return std::nullopt;
  Padding padding;
  padding.data = pad.inputs[0];
  const ValueId value = input_of(pad, 2);
  if (value.valid()) {
    const auto scalar = scalar_of(graph, value);
    if (!scalar) return std::nullopt;
    padding.value = *scalar;
  }
  const size_t rank = pads->size() / 2;
  for (size_t i = 0; i < rank; ++i) {
    const int64_t begin = (*pads)[i];
    const int64_t end = (*pads)[rank + i];
    if (begin < 0 || end < 0 || (i < 2 && begin + end > 0)) return std::nullopt;
    if (i < 2) continue;
    padding.begin.push_back(begin);
    padding.end.push_back(end);
  }
  return padding;
}

bool has_explicit_pads(const Node& node) {
  const std::string automatic = node.string_or("auto_pad", "NOTSET");
  return automatic == "NOTSET" || automatic == "VALID";
}

std::vector<int64_t> own_pads(const Node& node, size_t spatial) {
  std::vector<int64_t> pads = node.ints_or("pads", {});
  if (pads.empty() || node.string_or("auto_pad", "NOTSET") == "VALID") pads.assign(2 * spatial, 0);
  return pads;
}

void take_over(Graph& graph, NodeId id, const Padding& padding) {
  const size_t spatial = padding.begin.size();
  std::vector<int64_t> pads = own_pads(graph.node(id), spatial);
  for (size_t i = 0; i < spatial; ++i) {
    pads.at(i) += padding.begin[i];
    pads.at(spatial + i) += padding.end[i];
  }
  const NodeId pad = graph.value(graph.node(id).inputs[0]).producer;
  graph.edit(id).set_attribute("pads", pads);
  graph.edit(id).remove_attribute("auto_pad");
  graph.set_input(id, 0, padding.data);
  remove_if_unused(graph, pad);
}

bool pad_into_conv(Graph& graph, const KnownValues& known, NodeId id) {
  const auto padding = padding_before(graph, known, id);
  if (!padding || padding->value != 0 || !has_explicit_pads(graph.node(id))) return false;
  if (own_pads(graph.node(id), padding->begin.size()).size() != 2 * padding->begin.size()) {
    return false;
  }
  take_over(graph, id, *padding);
  return true;
}

// Every window holds an element of the data, and no window is cut.
bool windows_see_data(const Node& node, const Padding& padding) {
  const size_t spatial = padding.begin.size();
  const std::vector<int64_t> kernel = node.ints_or("kernel_shape", {});
  const std::vector<int64_t> pads = own_pads(node, spatial);
  if (kernel.size() != spatial || pads.size() != 2 * spatial) return false;
  if (node.int_or("ceil_mode", 0) != 0) return false;
  for (size_t i = 0; i < spatial; ++i) {
    if (pads[i] + padding.begin[i] >= kernel[i]) return false;
    if (pads[spatial + i] + padding.end[i] >= kernel[i]) return false;
  }
  return true;
}

bool is_never_negative(const Graph& graph, ValueId value) {
  const NodeId producer = graph.value(value).producer;
  if (!producer.valid()) return false;
  const Node& node = graph.node(producer);
  const auto range = traits_of(node).fixed_range;
  if (is_op(node, "Relu") || (range && range->first >= 0)) return true;
  return is_op(node, "Clip") && scalar_of(graph, input_of(node, 1)).value_or(-1) >= 0;
}

// A maximum does not see zeros beside what is never negative, nor minus infinity.
bool pad_into_max_pool(Graph& graph, const KnownValues& known, NodeId id) {
  const auto padding = padding_before(graph, known, id);
  if (!padding || !has_explicit_pads(graph.node(id)) || !only_first_output_used(graph, id)) {
    return false;
  }
  const bool lowest = padding->value <= std::numeric_limits<float>::lowest();
  const bool zeros = padding->value == 0 && is_never_negative(graph, padding->data);
  if (!lowest && !zeros) return false;
  if (!windows_see_data(graph.node(id), *padding)) return false;
  take_over(graph, id, *padding);
  return true;
}

bool pad_into_average_pool(Graph& graph, const KnownValues& known, NodeId id) {
  const auto padding = padding_before(graph, known, id);
  const Node& node = graph.node(id);
  if (!padding || padding->value != 0 || !has_explicit_pads(node)) return false;
  if (!windows_see_data(node, *padding)) return false;
  const std::vector<int64_t> pads = own_pads(node, padding->begin.size());
  const bool unpadded = std::count(pads.begin(), pads.end(), 0) == std::ssize(pads);
  if (!unpadded && node.int_or("count_include_pad", 0) == 0) return false;
  graph.edit(id).set_attribute("count_include_pad", int64_t{1});
  take_over(graph, id, *padding);
  return true;
}

constexpr CanonicalRule kRules[] = {
    {"Conv", pad_into_conv},
    {"MaxPool", pad_into_max_pool},
    {"AveragePool", pad_into_average_pool},
};

}  // namespace

std::span<const CanonicalRule> padding_rules() { return kRules; }

}  // namespace edgeopt
