// Moves float tensors between the plain layout (N, C, spatial) and channels-last (N, spatial, C).
#pragma once

#include <cstdint>

#include "kernels/window.h"

namespace edgeopt {

// to[c * to_stride + r] = from[r * from_stride + c] for a matrix of rows x columns.
void transpose(const float* from, int64_t rows, int64_t columns, int64_t from_stride, float* to,
               int64_t to_stride);

// One sample of `channels` planes of `space` elements.
inline void to_channels_last(const float* plain, int64_t channels, int64_t space, float* last) {
  transpose(plain, channels, space, space, last, channels);
}
inline void to_plain(const float* last, int64_t channels, int64_t space, float* plain) {
  transpose(last, space, channels, channels, plain, space);
}

// One sample of space `input` laid into channels-last space `padded` with zeros around: element p
// of the input goes to p + before. What falls outside of `padded` is left out.
void pad_sample(const float* x, bool channels_last, int64_t channels, const Spatial& input,
                const Spatial& before, const Spatial& padded, float* y);

}  // namespace edgeopt
