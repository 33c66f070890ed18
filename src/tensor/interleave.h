// Planes to pixels: several rows of elements of 4 bytes become the channels of one row of pixels.
#pragma once

#include <array>
#include <cstdint>

namespace edgeopt {

// to[p * to_step + s] = from[s][p * from_step] for each of the four streams s and 0 <= p < count.
// `from_step` is 1 or 2.
void interleave_four(const std::array<const uint32_t*, 4>& from, int64_t from_step, uint32_t* to,
                     int64_t to_step, int64_t count);

// The same for three streams and pixels of three channels.
void interleave_three(const std::array<const uint32_t*, 3>& from, int64_t from_step, uint32_t* to,
                      int64_t count);

}  // namespace edgeopt
