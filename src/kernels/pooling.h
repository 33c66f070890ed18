// Pooling of channels-last float tensors.
#pragma once

#include <cstdint>

#include "kernels/window.h"

namespace edgeopt {

struct Pooling {
  enum class Kind { kMax, kAverage };
  Kind kind = Kind::kMax;
  int64_t batch = 1;
  int64_t channels = 1;
  Window window;
  // kAverage: the sum is divided by the taps that lie in the input, or by all that do not lie
  // behind its stated padding.
  bool include_pad = false;
};

// Taps of the window at `p` that lie in the input or in its stated padding, not behind it.
int64_t padded_taps(const Window& w, const Spatial& p);

// x: batch * input * channels floats, y: batch * output * channels. A window without a tap in the
// input gives -inf as maximum, 0 as average. `scratch` holds pool_scratch() floats.
void pool(const Pooling& pooling, const float* x, float* y, float* scratch);
int64_t pool_scratch(const Pooling& pooling);

}  // namespace edgeopt
