// What ScatterElements and ScatterND do with an element that is already there.
#pragma once

#include <algorithm>
#include <string>

#include "ops/movement.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {

// Sums and products of integers wrap around.
template <typename T>
auto wrapping(T x) {
  return static_cast<std::conditional_t<std::is_integral_v<T>, uint64_t, T>>(x);
}

// Calls scatter(std::type_identity<T>(), merge) where merge(there, update) is what comes to lie at
// the place, as the attribute `reduction` says.
template <typename Scatter>
void with_reduction(ComputeContext& c, Scatter scatter) {
  const std::string reduction = c.node().string_or("reduction", "none");
  const DataType type = c.output(0).type();
  const auto merging = [&](auto merge) {
    return dispatch(type, NumericTypes(), [&]<typename T>(std::type_identity<T> tag) {
      scatter(tag, [&](T there, T update) {
        return static_cast<T>(
            static_cast<Wide<T>>(merge(static_cast<Wide<T>>(there), static_cast<Wide<T>>(update))));
      });
    });
  };
  bool known = false;
  if (reduction == "none") {
    known = dispatch_movable(type, [&]<typename T>(std::type_identity<T> tag) {
      scatter(tag, [](const T&, const T& update) { return update; });
    });
  } else if (reduction == "add") {
    known = merging([](auto a, auto b) { return wrapping(a) + wrapping(b); });
  } else if (reduction == "mul") {
    known = merging([](auto a, auto b) { return wrapping(a) * wrapping(b); });
  } else if (reduction == "max") {
    known = merging([](auto a, auto b) { return std::max(a, b); });
  } else if (reduction == "min") {
    known = merging([](auto a, auto b) { return std::min(a, b); });
  } else {
    c.bad("reduction is '" + reduction + "', not none, add, mul, max or min");
  }
  if (!known) c.unsupported("reduction " + reduction + " of type " + name_of(type));
}

}  // namespace edgeopt
