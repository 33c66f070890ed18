// Collects the steps of a plan and knows where each value lies, in which layouts.
#pragma once

#include <set>
#include <vector>

#include "exec/engine_plan.h"
#include "exec/shapes.h"

namespace edgeopt {

// A layout of its own is possible: rank 3 to 5.
inline bool is_image(const Shape& shape) { return shape.size() >= 3 && shape.size() <= 5; }

// Axes in the order in which they lie in memory, outermost first.
std::vector<size_t> memory_order(size_t rank, Layout layout);
// The shape in that order.
Shape memory_shape(const Shape& shape, Layout layout);

class PlanBuilder {
 public:
  // `plan` gets a place for each feed.
  PlanBuilder(const Graph& graph, const InferredGraph& inferred, const std::set<ValueId>& observed,
              Plan& plan);

  // Where the value lies in this layout; adds a step that converts it when it lies in another. A
  // feed takes the layout that is asked for first.
  Place place_in(ValueId id, Layout layout);
  // The place where it lies already, without a conversion. Plain where there are several.
  Place place_of(ValueId id);
  // It has been computed, or is fed.
  bool knows(ValueId id) const {
    return open_[static_cast<size_t>(id.index)] != 0 || !places_of(id).empty();
  }
  // It lies in that layout, or could without a conversion.
  bool lies_in(ValueId id, Layout layout) const;

  // New memory for an output of the next step.
  Place new_place(ValueId id, Layout layout);
  // The value lies in memory of another.
  void set_place(ValueId id, const Place& place);
  void add_step(PlanStep step);
  // Hands over the value after the last step if it is observed.
  void observe(ValueId id);

  void add_feed(ValueId id, const Shape& sample_shape);
  void add_fetch(ValueId id, const Shape& sample_shape, const Tensor* constant);
  // Places of feeds and scratch memory are known only now: kernels have been built. Call once, at
  // the end.
  void finish();

 private:
  const std::vector<Place>& places_of(ValueId id) const {
    return places_[static_cast<size_t>(id.index)];
  }
  int32_t add_buffer(size_t bytes);

  const Graph& graph_;
  const InferredGraph& inferred_;
  const std::set<ValueId>& observed_;
  Plan& plan_;
  std::vector<std::vector<Place>> places_;  // by value
  std::vector<ValueId> feeds_;
  std::vector<char> open_;  // by value: a feed without a layout yet
};

}  // namespace edgeopt
