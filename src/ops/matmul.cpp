// MatMul: products of matrices, batches broadcast.
#include "kernels/loops.h"
#include "ops/binary.h"
#include "ops/matmul_shape.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  same_types(c);
  c.set_output(0, c.type(0), matmul_shape(c, c.shape(0), c.shape(1)).output);
}

// Integers wrap around.
template <typename T>
using Accumulator = std::conditional_t<std::is_integral_v<T>, uint64_t, Wide<T>>;

void compute(ComputeContext& c) {
  const Tensor& a = c.input(0);
  const Tensor& b = c.input(1);
  const MatmulShape s = matmul_shape(c, a.shape(), b.shape());
  const bool known = dispatch(a.type(), NumericTypes(), [&]<typename T>(std::type_identity<T>) {
    using A = Accumulator<T>;
    const T* from_a = a.data<T>();
    const T* from_b = b.data<T>();
    T* to = c.output(0).mutable_data<T>();
    for_each_matrix(s, [&](int64_t ia, int64_t ib, int64_t iy) {
      const T* pa = from_a + ia * s.rows * s.depth;
      const T* pb = from_b + ib * s.depth * s.columns;
      T* py = to + iy * s.rows * s.columns;
      matmul_loop<A>(
          s.rows, s.columns, s.depth, [&](int64_t r, int64_t k) { return A(pa[r * s.depth + k]); },
          [&](int64_t k, int64_t col) { return A(pb[k * s.columns + col]); },
          [&](int64_t r, int64_t col, A sum) { py[r * s.columns + col] = static_cast<T>(sum); });
    });
  });
  if (!known) c.unsupported("type " + name_of(a.type()));
}

}  // namespace

extern const Operator op_MatMul = {
    .name = "MatMul",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.weight_input = 1, .quantizable = true},
};

}  // namespace edgeopt
