#include "kernels/broadcast_arithmetic.h"

#include <algorithm>

#include "kernels/simd.h"

namespace edgeopt {
namespace {

// The strides of a dense tensor of `shape` over `rank` dimensions; 0 where it broadcasts.
std::vector<int64_t> strides_of(const Shape& shape, size_t rank) {
  std::vector<int64_t> strides(rank, 0);
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[rank - shape.size() + i] = shape[i] == 1 ? 0 : stride;
    stride *= shape[i];
  }
  return strides;
}

int64_t dim_of(const Shape& shape, size_t rank, size_t i) {
  return i + shape.size() < rank ? 1 : shape[i + shape.size() - rank];
}

// kA and kB: the operand moves along the row.
template <bool kA, bool kB, typename F>
inline __attribute__((always_inline)) void row_of(const float* a, const float* b, float* y,
                                                  int64_t count, F f) {
#pragma GCC ivdep
  for (int64_t i = 0; i < count; ++i) y[i] = f(kA ? a[i] : a[0], kB ? b[i] : b[0]);
}

template <typename F>
inline __attribute__((always_inline)) void rows_of(const float* a, const float* b, float* y,
                                                   const BroadcastLoops::Loop& loop, F f) {
  if (loop.a != 0 && loop.b != 0) return row_of<true, true>(a, b, y, loop.count, f);
  if (loop.a != 0) {
    const float constant = *b;
    return row_of<true, false>(a, &constant, y, loop.count, f);
  }
  const float constant = *a;
  if (loop.b != 0) return row_of<false, true>(&constant, b, y, loop.count, f);
  row_of<false, false>(&constant, b, y, loop.count, f);
}

EDGEOPT_SIMD void row(Arithmetic kind, const float* a, const float* b, float* y,
                      const BroadcastLoops::Loop& loop) {
  switch (kind) {
    case Arithmetic::kAdd: return rows_of(a, b, y, loop, [](float p, float q) { return p + q; });
    case Arithmetic::kSubtract:
      return rows_of(a, b, y, loop, [](float p, float q) { return p - q; });
    case Arithmetic::kMultiply:
      return rows_of(a, b, y, loop, [](float p, float q) { return p * q; });
    case Arithmetic::kDivide: return rows_of(a, b, y, loop, [](float p, float q) { return p / q; });
  }
}

// Returns the end of what was written.
float* run_loops(Arithmetic kind, const float* a, const float* b, float* y,
                 const BroadcastLoops::Loop* loop, size_t left) {
  if (left == 1) {
    row(kind, a, b, y, *loop);
    return y + loop->count;
  }
  for (int64_t i = 0; i < loop->count; ++i) {
    y = run_loops(kind, a + i * loop->a, b + i * loop->b, y, loop + 1, left - 1);
  }
  return y;
}

EDGEOPT_SIMD void scale_shift_rows(const float* x, float* y, int64_t rows, int64_t channels,
                                   const float* scale, const float* shift) {
  for (int64_t r = 0; r < rows; ++r) {
#pragma GCC ivdep
    for (int64_t c = 0; c < channels; ++c) {
      y[r * channels + c] = x[r * channels + c] * scale[c] + shift[c];
    }
  }
}

EDGEOPT_SIMD void scale_shift_row(const float* x, float* y, int64_t count, float scale,
                                  float shift) {
#pragma GCC ivdep
  for (int64_t i = 0; i < count; ++i) y[i] = x[i] * scale + shift;
}

}  // namespace

BroadcastLoops plan_broadcast(const Shape& a, const Shape& b) {
  const size_t rank = std::max(a.size(), b.size());
  const std::vector<int64_t> a_strides = strides_of(a, rank);
  const std::vector<int64_t> b_strides = strides_of(b, rank);
  BroadcastLoops plan;
  for (size_t i = 0; i < rank; ++i) {
    const int64_t a_dim = dim_of(a, rank, i);
    const int64_t b_dim = dim_of(b, rank, i);
    const int64_t count = a_dim == 1 ? b_dim : a_dim;
    if (count == 1) continue;
    const BroadcastLoops::Loop loop{count, a_strides[i], b_strides[i]};
    if (!plan.loops.empty()) {
      BroadcastLoops::Loop& outer = plan.loops.back();
      if (outer.a == loop.a * count && outer.b == loop.b * count) {
        outer = {outer.count * count, loop.a, loop.b};
        continue;
      }
    }
    plan.loops.push_back(loop);
  }
  if (plan.loops.empty()) plan.loops.push_back({1, 0, 0});
  return plan;
}

void broadcast_arithmetic(Arithmetic kind, const float* a, const float* b, float* y,
                          const BroadcastLoops& loops) {
  run_loops(kind, a, b, y, loops.loops.data(), loops.loops.size());
}

void scale_shift(const float* x, float* y, int64_t outer, int64_t channels, int64_t inner,
                 const float* scale, const float* shift) {
  if (inner == 1) return scale_shift_rows(x, y, outer, channels, scale, shift);
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t at = (o * channels + c) * inner;
      scale_shift_row(x + at, y + at, inner, scale[c], shift[c]);
    }
  }
}

}  // namespace edgeopt
