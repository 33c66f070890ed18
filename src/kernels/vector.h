// Eight floats at a time, in plain vector arithmetic of the compiler: for loops that it would not
// vectorize by itself. To be used in functions marked EDGEOPT_SIMD.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/inline.h"

namespace edgeopt {

typedef float Floats __attribute__((vector_size(32)));
typedef int32_t Ints __attribute__((vector_size(32)));
constexpr int64_t kFloats = 8;

#define EDGEOPT_LAMBDA __attribute__((always_inline))  // behind a lambda's parameters

// y[i] = f(x[i]) with f on Floats; `y` may be `x`.
template <typename F>
EDGEOPT_INLINE void map_floats(const float* x, float* y, int64_t count, F f) {
  int64_t i = 0;
  for (; i + kFloats <= count; i += kFloats) {
    Floats v;
    std::memcpy(&v, x + i, sizeof v);
    v = f(v);
    std::memcpy(y + i, &v, sizeof v);
  }
  if (i == count) return;
  Floats v = {};
  const auto rest = static_cast<size_t>(count - i) * sizeof(float);
  std::memcpy(&v, x + i, rest);
  v = f(v);
  std::memcpy(y + i, &v, rest);
}

// A NaN in `v` stays.
EDGEOPT_INLINE Floats at_least(Floats v, float low) { return v < low ? Floats{} + low : v; }
EDGEOPT_INLINE Floats at_most(Floats v, float high) { return v > high ? Floats{} + high : v; }

// eight[at mod 8]
EDGEOPT_INLINE Ints pick(const int32_t* eight, Ints at) {
  Ints from;
  std::memcpy(&from, eight, sizeof from);
#if defined(__clang__)
  Ints to;
  for (int i = 0; i < kFloats; ++i) to[i] = from[at[i] & 7];
  return to;
#else
  return __builtin_shuffle(from, at);
#endif
}

}  // namespace edgeopt
