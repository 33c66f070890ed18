#include "kernels/sweep.h"

#include <cmath>
#include <cstring>

#include "kernels/simd.h"
#include "kernels/vector.h"

namespace edgeopt {
namespace {

constexpr int kLine = 16;
constexpr int kVectors = 4;

}  // namespace

EDGEOPT_SIMD Sweep sweep_ends(const float* data, int64_t count) {
  Floats low[kVectors];
  Floats high[kVectors];
  Floats poison[kVectors];  // 0 until x - x is not
  for (int v = 0; v < kVectors; ++v) {
    low[v] = Floats{} + INFINITY;
    high[v] = Floats{} - INFINITY;
    poison[v] = Floats{};
  }
  int64_t i = 0;
  for (; i + kVectors * kFloats <= count; i += kVectors * kFloats) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      Floats x;
      std::memcpy(&x, data + i + v * kFloats, sizeof x);
      low[v] = x < low[v] ? x : low[v];
      high[v] = x > high[v] ? x : high[v];
      poison[v] += x - x;
    }
  }
  Sweep sweep{INFINITY, -INFINITY, true};
  float poisoned = 0;
  for (; i < count; ++i) {
    sweep.min = data[i] < sweep.min ? data[i] : sweep.min;
    sweep.max = data[i] > sweep.max ? data[i] : sweep.max;
    poisoned += data[i] - data[i];
  }
  for (int v = 0; v < kVectors; ++v) {
    for (int l = 0; l < kFloats; ++l) {
      sweep.min = low[v][l] < sweep.min ? low[v][l] : sweep.min;
      sweep.max = high[v][l] > sweep.max ? high[v][l] : sweep.max;
      poisoned += poison[v][l];
    }
  }
  sweep.all_finite = poisoned == 0;
  return sweep;
}

EDGEOPT_SIMD int64_t count_bins(const float* data, int64_t count, float inverse_width,
                                int32_t negative, uint32_t* bins) {
  int32_t index[kLine];
  int32_t zeros[kLine] = {};
  int64_t i = 0;
  for (; i + kLine <= count; i += kLine) {
    const float* x = data + i;
    for (int l = 0; l < kLine; ++l) {
      index[l] = static_cast<int32_t>(std::fabs(x[l]) * inverse_width) + (x[l] < 0 ? negative : 0);
      zeros[l] += x[l] == 0 ? 1 : 0;
    }
    for (int l = 0; l < kLine; ++l) ++bins[index[l]];
  }
  int64_t total = 0;
  for (; i < count; ++i) {
    ++bins[static_cast<int32_t>(std::fabs(data[i]) * inverse_width) + (data[i] < 0 ? negative : 0)];
    total += data[i] == 0 ? 1 : 0;
  }
  for (int l = 0; l < kLine; ++l) total += zeros[l];
  return total;
}

}  // namespace edgeopt
