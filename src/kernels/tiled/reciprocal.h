// Division by the scale of a grid without a division.
#pragma once

#include <cstdint>
#include <optional>

namespace edgeopt {

// 1 / scale as the sum of two floats: x * high + x * low, the second product rounded and the sum
// rounded once (a fused multiply-add), is x / scale but for very few x.
struct Reciprocal {
  float high = 1;
  float low = 0;
};

// One that leads to the same whole number as x / scale, rounded, for each x between lowest * scale
// and highest * scale; at most 2^16 numbers, 2^-100 < scale < 2^100. Nothing: none was found.
std::optional<Reciprocal> reciprocal_of(float scale, int32_t lowest, int32_t highest);

}  // namespace edgeopt
