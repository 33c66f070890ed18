#include "kernels/pooling.h"

#include <algorithm>
#include <cmath>

#include "kernels/simd.h"
#include "kernels/vector.h"

namespace edgeopt {
namespace {

constexpr int kVectors = 4;

// A wide maximum is taken along rows, then along the others. What the store of a number in between
// costs, in taps:
constexpr int64_t kStoring = 3;

// Taps of one window that lie in the input, first to past the last of each dimension.
struct Taps {
  Spatial first;
  Spatial last;
  int64_t count() const {
    return (last[0] - first[0]) * (last[1] - first[1]) * (last[2] - first[2]);
  }
};

EDGEOPT_INLINE Taps taps_inside(const Window& w, const Spatial& p) {
  Taps taps;
  for (size_t d = 0; d < 3; ++d) {
    const int64_t start = p[d] * w.stride[d] - w.before[d];
    const int64_t step = w.dilation[d];
    taps.first[d] = start >= 0 ? 0 : std::min(w.kernel[d], (step - 1 - start) / step);
    const int64_t room = w.input[d] - start;  // taps k with k * step < room are inside
    const int64_t end = room <= 0 ? 0 : std::min(w.kernel[d], (room + step - 1) / step);
    taps.last[d] = std::max(end, taps.first[d]);
  }
  return taps;
}

// Calls f(pointer to the first channel) for each tap. `x` is the tap 0, wherever that lies.
template <typename F>
EDGEOPT_INLINE void for_taps(const Taps& taps, const float* x, const Spatial& steps, F f) {
  for (int64_t d = taps.first[0]; d < taps.last[0]; ++d) {
    for (int64_t h = taps.first[1]; h < taps.last[1]; ++h) {
      for (int64_t i = taps.first[2]; i < taps.last[2]; ++i) {
        f(x + d * steps[0] + h * steps[1] + i * steps[2]);
      }
    }
  }
}

// kV * kFloats channels of a window, in registers over all taps.
template <bool kMax, int kV>
EDGEOPT_INLINE void columns(const Taps& taps, const float* x, const Spatial& steps, float divisor,
                            float* y) {
  Floats sum[kV];
  for (int v = 0; v < kV; ++v) sum[v] = Floats{} + (kMax ? -INFINITY : 0.0F);
  for_taps(taps, x, steps, [&](const float* from) EDGEOPT_LAMBDA {
    for (int v = 0; v < kV; ++v) {
      Floats value;
      std::memcpy(&value, from + v * kFloats, sizeof value);
      sum[v] = kMax ? (value > sum[v] ? value : sum[v]) : sum[v] + value;
    }
  });
  for (int v = 0; v < kV; ++v) {
    if (!kMax) sum[v] = sum[v] / divisor;
    std::memcpy(y + v * kFloats, &sum[v], sizeof sum[v]);
  }
}

template <bool kMax>
EDGEOPT_INLINE float one(const Taps& taps, const float* x, const Spatial& steps, float divisor) {
  float sum = kMax ? -INFINITY : 0.0F;
  for_taps(taps, x, steps, [&](const float* from) EDGEOPT_LAMBDA {
    sum = kMax ? (*from > sum ? *from : sum) : sum + *from;
  });
  return kMax ? sum : sum / divisor;
}

// All channels of the window at `p` of the sample `x`.
template <bool kMax>
EDGEOPT_INLINE void one_window(const Pooling& pooling, const Spatial& p, const float* x, float* y) {
  const Window& w = pooling.window;
  const Taps taps = taps_inside(w, p);
  const int64_t counted = pooling.include_pad ? padded_taps(w, p) : taps.count();
  const auto divisor = static_cast<float>(std::max<int64_t>(counted, 1));
  const int64_t row = w.input[2] * pooling.channels;
  const Spatial steps = {w.dilation[0] * w.input[1] * row, w.dilation[1] * row,
                         w.dilation[2] * pooling.channels};
  x += (p[0] * w.stride[0] - w.before[0]) * w.input[1] * row +
       (p[1] * w.stride[1] - w.before[1]) * row +
       (p[2] * w.stride[2] - w.before[2]) * pooling.channels;
  int64_t c = 0;
  for (; c + kVectors * kFloats <= pooling.channels; c += kVectors * kFloats) {
    columns<kMax, kVectors>(taps, x + c, steps, divisor, y + c);
  }
  for (; c + kFloats <= pooling.channels; c += kFloats) {
    columns<kMax, 1>(taps, x + c, steps, divisor, y + c);
  }
  for (; c < pooling.channels; ++c) y[c] = one<kMax>(taps, x + c, steps, divisor);
}

template <bool kMax>
EDGEOPT_INLINE void all_windows(const Pooling& pooling, const float* x, float* y) {
  const int64_t sample = product(pooling.window.input) * pooling.channels;
  const Spatial& space = pooling.window.output;
  Spatial p;
  for (int64_t n = 0; n < pooling.batch; ++n, x += sample) {
    for (p[0] = 0; p[0] < space[0]; ++p[0]) {
      for (p[1] = 0; p[1] < space[1]; ++p[1]) {
        for (p[2] = 0; p[2] < space[2]; ++p[2], y += pooling.channels) {
          one_window<kMax>(pooling, p, x, y);
        }
      }
    }
  }
}

EDGEOPT_SIMD void pool_max(const Pooling& pooling, const float* x, float* y) {
  all_windows<true>(pooling, x, y);
}

EDGEOPT_SIMD void pool_average(const Pooling& pooling, const float* x, float* y) {
  all_windows<false>(pooling, x, y);
}

}  // namespace

int64_t padded_taps(const Window& w, const Spatial& p) {
  int64_t count = 1;
  for (size_t d = 0; d < 3; ++d) {
    const int64_t room = w.input[d] + w.after[d] - 1 - (p[d] * w.stride[d] - w.before[d]);
    count *= std::min(w.kernel[d], room / w.dilation[d] + 1);
  }
  return count;
}

int64_t pool_scratch(const Pooling& pooling) {
  const Window& w = pooling.window;
  const int64_t between = w.input[0] * w.input[1] * w.output[2];
  const int64_t rest = w.kernel[0] * w.kernel[1];
  const int64_t divided = between * (w.kernel[2] + kStoring) + product(w.output) * rest;
  const bool divides =
      pooling.kind == Pooling::Kind::kMax && divided < product(w.output) * rest * w.kernel[2];
  return divides ? pooling.batch * pooling.channels * between : 0;
}

void pool(const Pooling& pooling, const float* x, float* y, float* scratch) {
  if (pooling.kind == Pooling::Kind::kAverage) return pool_average(pooling, x, y);
  if (pool_scratch(pooling) == 0) return pool_max(pooling, x, y);
  Pooling across = pooling;
  Pooling along = pooling;
  for (size_t d = 0; d < 3; ++d) {
    Window& skipped = (d == 2 ? along : across).window;
    skipped.kernel[d] = skipped.stride[d] = skipped.dilation[d] = 1;
    skipped.before[d] = skipped.after[d] = 0;
    skipped.input[d] = skipped.output[d] = d == 2 ? along.window.output[d] : across.window.input[d];
  }
  pool_max(across, x, scratch);
  pool_max(along, scratch, y);
}

}  // namespace edgeopt
