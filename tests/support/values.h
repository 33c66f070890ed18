// Values for tests of kernels and operators.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.h"

namespace edgeopt::test {

// Standard normal numbers, the same for the same seed.
inline std::vector<float> normal_floats(int64_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

}  // namespace edgeopt::test
