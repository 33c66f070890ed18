#include "kernels/rows.h"

#include <algorithm>
#include <cmath>

#include "kernels/simd.h"
#include "kernels/transcendental.h"
#include "kernels/vector.h"

namespace edgeopt {
namespace {

EDGEOPT_INLINE Floats load(const float* x) {
  Floats v;
  std::memcpy(&v, x, sizeof v);
  return v;
}

// Four vectors of sums, so that an addition need not wait for the one before; each lane in float,
// then all of them in double.
template <typename F>
EDGEOPT_INLINE double sum_of(const float* x, int64_t length, F f) {
  Floats sums[4] = {};
  int64_t i = 0;
  for (; i + 4 * kFloats <= length; i += 4 * kFloats) {
    for (int64_t v = 0; v < 4; ++v) sums[v] += f(load(x + i + v * kFloats));
  }
  for (; i + kFloats <= length; i += kFloats) sums[0] += f(load(x + i));
  const Floats lanes = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  double sum = 0;
  for (int64_t k = 0; k < kFloats; ++k) sum += double(lanes[k]);
  for (; i < length; ++i) sum += double(f(Floats{} + x[i])[0]);
  return sum;
}

// Of numbers without NaN.
EDGEOPT_INLINE float largest(const float* x, int64_t length) {
  float top = x[0];
  int64_t i = 0;
  if (length >= kFloats) {
    Floats tops = load(x);
    for (i = kFloats; i + kFloats <= length; i += kFloats) {
      const Floats v = load(x + i);
      tops = v > tops ? v : tops;
    }
    for (int64_t k = 0; k < kFloats; ++k) top = std::max(top, tops[k]);
  }
  for (; i < length; ++i) top = std::max(top, x[i]);
  return top;
}

// map_floats() whose end is not worth a vector: rows may be as short as two classes.
template <typename F>
EDGEOPT_INLINE void map_row(const float* x, float* y, int64_t length, F f) {
  const int64_t whole = length / kFloats * kFloats;
  map_floats(x, y, whole, f);
  for (int64_t i = whole; i < length; ++i) y[i] = f(Floats{} + x[i])[0];
}

EDGEOPT_SIMD void subtract_largest(const Rows& rows, const float* x, float* y) {
  for (int64_t r = 0; r < rows.count; ++r, x += rows.length, y += rows.length) {
    const float top = largest(x, rows.length);
    map_row(x, y, rows.length, [&](Floats v) EDGEOPT_LAMBDA { return v - top; });
  }
}

EDGEOPT_SIMD void divide_by_sums(const Rows& rows, float* y) {
  for (int64_t r = 0; r < rows.count; ++r, y += rows.length) {
    const auto sum =
        static_cast<float>(sum_of(y, rows.length, [](Floats v) EDGEOPT_LAMBDA { return v; }));
    map_row(y, y, rows.length, [&](Floats v) EDGEOPT_LAMBDA { return v / sum; });
  }
}

EDGEOPT_SIMD void normalize_row(int64_t length, float epsilon, bool centred, const float* scale,
                                const float* bias, const float* x, float* y) {
  const auto count = static_cast<double>(length);
  float mean = 0;
  if (centred) {
    mean = static_cast<float>(sum_of(x, length, [](Floats v) EDGEOPT_LAMBDA { return v; }) / count);
  }
  const double squares =
      sum_of(x, length, [&](Floats v) EDGEOPT_LAMBDA { return (v - mean) * (v - mean); });
  const auto factor = static_cast<float>(1 / std::sqrt(squares / count + double(epsilon)));
  int64_t i = 0;
  for (; i + kFloats <= length; i += kFloats) {
    const Floats v = (load(x + i) - mean) * factor * load(scale + i) + load(bias + i);
    std::memcpy(y + i, &v, sizeof v);
  }
  for (; i < length; ++i) y[i] = (x[i] - mean) * factor * scale[i] + bias[i];
}

}  // namespace

void softmax_rows(const Rows& rows, const float* x, float* y) {
  constexpr int64_t kBlock = 2048;  // numbers that stay in the first cache
  const int64_t step = std::max<int64_t>(1, kBlock / rows.length);
  for (int64_t r = 0; r < rows.count; r += step) {
    const Rows block{std::min(step, rows.count - r), rows.length};
    float* to = y + r * rows.length;
    subtract_largest(block, x + r * rows.length, to);
    exp(to, to, block.count * block.length);
    divide_by_sums(block, to);
  }
}

void normalize_rows(const Rows& rows, float epsilon, bool centred, const float* scale,
                    const float* bias, const float* x, float* y) {
  for (int64_t r = 0; r < rows.count; ++r, x += rows.length, y += rows.length) {
    normalize_row(rows.length, epsilon, centred, scale, bias, x, y);
  }
}

}  // namespace edgeopt
