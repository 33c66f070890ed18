#include "exec/engine_builder.h"

#include <algorithm>

#include "ops/strided_moves.h"
#include "tensor/relayout.h"

namespace edgeopt {

std::vector<size_t> memory_order(size_t rank, Layout layout) {
  std::vector<size_t> order(rank);
  for (size_t i = 0; i < rank; ++i) order[i] = i;
  if (layout == Layout::kChannelsLast)
    std::rotate(order.begin() + 1, order.begin() + 2, order.end());
  return order;
}

Shape memory_shape(const Shape& shape, Layout layout) {
  Shape ordered;
  for (const size_t axis : memory_order(shape.size(), layout)) ordered.push_back(shape[axis]);
  return ordered;
}

PlanBuilder::PlanBuilder(const Graph& graph, const InferredGraph& inferred,
                         const std::set<ValueId>& observed, Plan& plan)
    : graph_(graph),
      inferred_(inferred),
      observed_(observed),
      plan_(plan),
      places_(graph.value_capacity()),
      open_(graph.value_capacity(), 0) {}

int32_t PlanBuilder::add_buffer(size_t bytes) {
  plan_.buffers.push_back({.bytes = bytes});
  return static_cast<int32_t>(plan_.buffers.size()) - 1;
}

Place PlanBuilder::new_place(ValueId id, Layout layout) {
  const InferredValue& value = inferred_[id];
  const auto bits = static_cast<size_t>(element_count(*value.shape) * bits_of(value.type));
  Place place{.buffer = add_buffer((bits + 7) / 8),
              .offset = 0,
              .type = value.type,
              .shape = *value.shape,
              .layout = is_image(*value.shape) ? layout : Layout::kPlain};
  set_place(id, place);
  return place;
}

void PlanBuilder::set_place(ValueId id, const Place& place) {
  places_[static_cast<size_t>(id.index)].push_back(place);
}

bool PlanBuilder::lies_in(ValueId id, Layout layout) const {
  if (open_[static_cast<size_t>(id.index)] != 0) return true;
  const std::vector<Place>& places = places_of(id);
  return std::any_of(places.begin(), places.end(), [&](const Place& place) {
    return place.layout == layout || layouts_coincide(place.shape);
  });
}

Place PlanBuilder::place_in(ValueId id, Layout layout) {
  char& open = open_[static_cast<size_t>(id.index)];
  if (open != 0) {
    open = 0;
    return new_place(id, layout);
  }
  if (!is_image(*inferred_[id].shape)) layout = Layout::kPlain;
  const std::vector<Place> places = places_of(id);
  for (Place place : places) {
    if (place.layout != layout && !layouts_coincide(place.shape)) continue;
    place.layout = layout;
    return place;
  }
  PlanStep step;
  step.name = "relayout '" + graph_.value(id).name + "'";
  step.op_type = "(relayout)";
  step.kernel =
      moves_kernel(relayout_plan(places.at(0).type, places[0].shape, places[0].layout, layout));
  step.inputs = {places[0]};
  step.outputs = {new_place(id, layout)};
  const Place made = step.outputs[0];
  add_step(std::move(step));
  return made;
}

Place PlanBuilder::place_of(ValueId id) {
  if (open_[static_cast<size_t>(id.index)] != 0) return place_in(id, Layout::kPlain);
  for (const Place& place : places_of(id)) {
    if (place.layout == Layout::kPlain) return place;
  }
  return places_of(id).at(0);
}

void PlanBuilder::add_step(PlanStep step) { plan_.steps.push_back(std::move(step)); }

void PlanBuilder::observe(ValueId id) {
  const InferredValue& value = inferred_[id];
  if (value.type != DataType::kFloat || !observed_.contains(id)) return;
  std::vector<PlanObservation>& list =
      plan_.steps.empty() ? plan_.observed_feeds : plan_.steps.back().observed;
  list.push_back({id, place_of(id)});
}

void PlanBuilder::add_feed(ValueId id, const Shape& sample_shape) {
  open_[static_cast<size_t>(id.index)] = 1;
  feeds_.push_back(id);
  plan_.feeds.push_back({graph_.value(id).name, {}, sample_shape});
}

void PlanBuilder::add_fetch(ValueId id, const Shape& sample_shape, const Tensor* constant) {
  PlanFetch& fetch = plan_.fetches.emplace_back();
  fetch.type = inferred_[id].type;
  fetch.sample_shape = sample_shape;
  if (constant != nullptr) {
    fetch.constant = *constant;
  } else {
    fetch.place = place_of(id);
  }
}

void PlanBuilder::finish() {
  for (PlanStep& step : plan_.steps) {
    if (const size_t bytes = step.kernel->scratch_bytes()) step.scratch = add_buffer(bytes);
  }
  for (size_t i = 0; i < feeds_.size(); ++i) {
    const ValueId id = feeds_[i];
    Place& place = plan_.feeds[i].place;
    place.type = inferred_[id].type;
    if (observed_.contains(id) && place.type == DataType::kFloat) {
      plan_.observed_feeds.push_back({id, place_of(id)});
    }
    if (!places_of(id).empty()) place = places_of(id).front();
  }
}

}  // namespace edgeopt
