#include "exec/engine_alias.h"

#include "exec/engine_lower.h"
#include "tensor/packed.h"

namespace edgeopt {
namespace {

Place reshaped_place(ValueId in, const Shape& from, const Shape& to, PlanBuilder& builder) {
  if (from == to) return builder.place_of(in);
  const bool channels_stay = is_image(from) && is_image(to) && from[0] == to[0] &&
                             from[1] == to[1] && !builder.lies_in(in, Layout::kPlain);
  return builder.place_in(in, channels_stay ? Layout::kChannelsLast : Layout::kPlain);
}

// The transposed tensor in layout `to` has its elements in the order of the input in `from`.
bool same_memory(const Shape& shape, Layout from, const std::vector<int64_t>& order, Layout to) {
  std::vector<size_t> before;
  std::vector<size_t> after;
  for (const size_t axis : memory_order(shape.size(), from)) {
    if (shape[axis] != 1) before.push_back(axis);
  }
  for (const size_t axis : memory_order(shape.size(), to)) {
    const auto source = static_cast<size_t>(order[axis]);
    if (shape[source] != 1) after.push_back(source);
  }
  return before == after;
}

std::optional<Place> transposed_place(const Node& node, const Shape& shape, bool packed,
                                      PlanBuilder& builder) {
  std::vector<int64_t> reversed;
  for (size_t i = shape.size(); i-- > 0;) reversed.push_back(static_cast<int64_t>(i));
  const std::vector<int64_t> order = node.ints_or("perm", reversed);
  std::vector<Layout> layouts{Layout::kPlain};
  if (is_image(shape) && !packed) layouts.push_back(Layout::kChannelsLast);
  for (const Layout from : layouts) {
    if (!builder.lies_in(node.inputs[0], from)) continue;
    for (const Layout to : layouts) {
      if (!same_memory(shape, from, order, to)) continue;
      Place place = builder.place_in(node.inputs[0], from);
      place.layout = to;
      return place;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Place> alias_of(const Graph& graph, const Node& node, const InferredGraph& inferred,
                              const QuantTable* table, PlanBuilder& builder) {
  if (node.inputs.empty() || !node.inputs[0].valid() || !builder.knows(node.inputs[0])) {
    return std::nullopt;
  }
  const Shape& from = *inferred[node.inputs[0]].shape;
  const Shape& to = *inferred[node.outputs[0]].shape;
  std::optional<Place> place;
  if (passes_through(graph, node, table)) {
    place = reshaped_place(node.inputs[0], from, to, builder);
  } else if (node.op_type == "Transpose" && node.domain.empty()) {
    const bool packed = is_packed_integer(inferred[node.inputs[0]].type);
    place = transposed_place(node, from, packed, builder);
  }
  if (place) place->shape = to;
  return place;
}

}  // namespace edgeopt
