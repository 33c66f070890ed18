// The loops of the observers: one sweep for the ends of a tensor, one for its histogram.
#pragma once

#include <cstdint>

namespace edgeopt {

struct Sweep {
  float min = 0;           // of the elements that are numbers; +inf where there are none
  float max = 0;           // -inf where there are none
  bool all_finite = true;  // false: some element is NaN or infinite
};

Sweep sweep_ends(const float* data, int64_t count);

// For each of `count` elements: ++bins[trunc(|x| * inverse_width) + (x < 0 ? negative : 0)].
// Every |x| * inverse_width must be inside the table. Returns the number of exact zeros, which are
// counted in bins[0] too.
int64_t count_bins(const float* data, int64_t count, float inverse_width, int32_t negative,
                   uint32_t* bins);

}  // namespace edgeopt
