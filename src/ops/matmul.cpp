// MatMul: products of matrices, batches broadcast.
#include <algorithm>

#include "kernels/loops.h"
#include "ops/binary.h"
#include "ops/float_kernel.h"
#include "ops/matmul_kernel.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  same_types(c);
  c.set_output(0, c.type(0), matmul_shape(c.shape(0), c.shape(1), complain_to(c)).output);
}

// Integers wrap around.
template <typename T>
using Accumulator = std::conditional_t<std::is_integral_v<T>, uint64_t, Wide<T>>;

void compute(ComputeContext& c) {
  const Tensor& a = c.input(0);
  const Tensor& b = c.input(1);
  const MatmulShape s = matmul_shape(a.shape(), b.shape(), complain_to(c));
  if (a.type() == DataType::kFloat && a.size() > 0 && b.size() > 0) {
    return run_matmul(matmul_batch(s), a.data<float>(), b.data<float>(),
                      c.output(0).mutable_data<float>());
  }
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

bool all_plain(const PrepareContext& c) {
  const auto plain = [](const PrepareContext::Operand& x) { return x.layout == Layout::kPlain; };
  return std::all_of(c.inputs.begin(), c.inputs.end(), plain) &&
         std::all_of(c.outputs.begin(), c.outputs.end(), plain);
}

std::unique_ptr<Kernel> prepare(const PrepareContext& c) {
  if (!floats_to_compute(c) || !all_plain(c)) return nullptr;
  MatmulBatch batch =
      matmul_batch(matmul_shape(c.inputs[0].shape, c.inputs[1].shape, complain_of(c)));
  auto bias = constant_bias(c, 2, batch.plan.columns, 1);
  if (!bias) return nullptr;
  batch.plan.epilogue = c.epilogue;
  return matmul_kernel(c, std::move(batch), std::move(*bias));
}

}  // namespace

extern const Operator op_MatMul = {
    .name = "MatMul",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.weight_input = 1, .quantizable = true},
    .prepare = prepare,
};

}  // namespace edgeopt
