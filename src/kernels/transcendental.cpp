#include "kernels/transcendental.h"

#include "kernels/simd.h"
#include "kernels/transcendental_formulas.h"
#include "kernels/vector.h"

namespace edgeopt {
namespace {

// This file is compiled with contraction: where the machine has a fused multiply-add, it is one.
struct FloatsMath {
  using Vector = Floats;
  static EDGEOPT_INLINE Floats multiply_add(Floats a, Floats b, Floats c) { return a * b + c; }
  static EDGEOPT_INLINE Floats at_least(Floats v, float low) { return edgeopt::at_least(v, low); }
  static EDGEOPT_INLINE Floats at_most(Floats v, float high) { return edgeopt::at_most(v, high); }
  static EDGEOPT_INLINE Floats within(Floats v, float limit) {
    return at_most(at_least(v, -limit), limit);
  }
  static EDGEOPT_INLINE Ints pick(const int32_t* eight, Ints at) {
    return edgeopt::pick(eight, at);
  }
};
using Formulas = Transcendental<FloatsMath>;

}  // namespace

EDGEOPT_SIMD void exp(const float* x, float* y, int64_t count) {
  map_floats(x, y, count, [](Floats v) EDGEOPT_LAMBDA { return Formulas::exp<false>(v); });
}

EDGEOPT_SIMD void sigmoid(const float* x, float* y, int64_t count) {
  map_floats(x, y, count, [](Floats v) EDGEOPT_LAMBDA { return Formulas::sigmoid(v); });
}

EDGEOPT_SIMD void silu(const float* x, float* y, int64_t count) {
  map_floats(x, y, count, [](Floats v) EDGEOPT_LAMBDA { return Formulas::silu(v); });
}

EDGEOPT_SIMD void tanh(const float* x, float* y, int64_t count) {
  map_floats(x, y, count, [](Floats v) EDGEOPT_LAMBDA { return Formulas::tanh(v); });
}

EDGEOPT_SIMD void erf(const float* x, float* y, int64_t count) {
  map_floats(x, y, count, [](Floats v) EDGEOPT_LAMBDA { return Formulas::erf(v); });
}

EDGEOPT_SIMD void gelu(const float* x, float* y, int64_t count) {
  map_floats(x, y, count, [](Floats v) EDGEOPT_LAMBDA { return Formulas::gelu(v); });
}

}  // namespace edgeopt
