// Gemm: y = alpha a b + beta c, a and b transposed where asked, c broadcast to y.
#include "base/format.h"
#include "kernels/loops.h"
#include "ops/binary.h"
#include "ops/float_kernel.h"
#include "ops/matmul_kernel.h"
#include "tensor/to_integer.h"

namespace edgeopt {
namespace {

struct GemmShape {
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t depth = 0;
  bool a_transposed = false;
  bool b_transposed = false;
};

GemmShape gemm_shape(const Node& node, const Shape& a, const Shape& b, const Complain& bad) {
  if (a.size() != 2 || b.size() != 2) {
    bad("operands of shape " + to_string(a) + " and " + to_string(b) + " are not matrices");
  }
  GemmShape s;
  s.a_transposed = node.int_or("transA", 0) != 0;
  s.b_transposed = node.int_or("transB", 0) != 0;
  s.rows = a[s.a_transposed ? 1 : 0];
  s.depth = a[s.a_transposed ? 0 : 1];
  s.columns = b[s.b_transposed ? 0 : 1];
  if (b[s.b_transposed ? 1 : 0] != s.depth) {
    bad("shapes " + to_string(a) + " and " + to_string(b) + " cannot be multiplied");
  }
  return s;
}

void infer(InferContext& c) {
  if (c.type(1) != c.type(0) || (c.has_input(2) && c.type(2) != c.type(0))) {
    c.bad("the inputs are of different types");
  }
  const GemmShape s = gemm_shape(c.node(), c.shape(0), c.shape(1), complain_to(c));
  const Shape y = {s.rows, s.columns};
  if (c.has_input(2)) {
    const Shape shapes[] = {y, c.shape(2)};
    if (broadcast(shapes) != y) {
      c.bad(format("input 2 of shape {} does not broadcast to {}", to_string(c.shape(2)),
                   to_string(y)));
    }
  }
  c.set_output(0, c.type(0), y);
}

MatmulBatch batch_of(const GemmShape& s, float alpha) {
  MatmulBatch batch;
  batch.plan.rows = s.rows;
  batch.plan.columns = s.columns;
  batch.plan.depth = s.depth;
  batch.plan.a_transposed = s.a_transposed;
  batch.plan.b_transposed = s.b_transposed;
  batch.plan.alpha = alpha;
  batch.places.emplace_back();
  return batch;
}

// y = alpha a b.
template <typename T>
using Accumulator = std::conditional_t<std::is_integral_v<T>, uint64_t, Wide<T>>;

template <typename T>
void multiply(ComputeContext& c) {
  using A = Accumulator<T>;
  using F = std::conditional_t<std::is_integral_v<T>, double, Wide<T>>;
  const GemmShape s = gemm_shape(c.node(), c.input(0).shape(), c.input(1).shape(), complain_to(c));
  const T* a = c.input(0).data<T>();
  const T* b = c.input(1).data<T>();
  T* y = c.output(0).mutable_data<T>();
  const float alpha = c.node().float_or("alpha", 1);
  if constexpr (std::is_same_v<T, float>) {
    if (c.input(0).size() > 0 && c.input(1).size() > 0)
      return run_matmul(batch_of(s, alpha), a, b, y);
  }
  matmul_loop<A>(
      s.rows, s.columns, s.depth,
      [&](int64_t r, int64_t k) { return A(a[s.a_transposed ? k * s.rows + r : r * s.depth + k]); },
      [&](int64_t k, int64_t col) {
        return A(b[s.b_transposed ? col * s.depth + k : k * s.columns + col]);
      },
      [&](int64_t r, int64_t col, A sum) {
        const auto value = static_cast<Wide<T>>(sum);
        y[r * s.columns + col] = static_cast<T>(
            alpha == 1 ? value : to_number<Wide<T>>(static_cast<F>(alpha) * static_cast<F>(value)));
      });
}

template <typename T>
void gemm(ComputeContext& c) {
  using F = std::conditional_t<std::is_integral_v<T>, double, Wide<T>>;
  multiply<T>(c);
  if (!c.has_input(2)) return;
  const auto beta = static_cast<F>(c.node().float_or("beta", 1));
  broadcast_binary<T, T, T>(c.output(0), c.input(2), c.output(0), [&](T product, T addend) {
    const Wide<T> value = addend;
    const auto added = beta == 1 ? value : to_number<Wide<T>>(beta * static_cast<F>(value));
    using A = Accumulator<T>;  // integers wrap around
    return static_cast<T>(static_cast<Wide<T>>(A(Wide<T>(product)) + A(added)));
  });
}

void compute(ComputeContext& c) {
  const bool known = dispatch(c.input(0).type(), NumericTypes(),
                              [&]<typename T>(std::type_identity<T>) { gemm<T>(c); });
  if (!known) c.unsupported("type " + name_of(c.input(0).type()));
}

std::unique_ptr<Kernel> prepare(const PrepareContext& c) {
  if (!floats_to_compute(c)) return nullptr;
  const GemmShape s = gemm_shape(*c.node, c.inputs[0].shape, c.inputs[1].shape, complain_of(c));
  MatmulBatch batch = batch_of(s, c.node->float_or("alpha", 1));
  auto bias = constant_bias(c, 2, s.columns, c.node->float_or("beta", 1));
  if (!bias) return nullptr;
  batch.plan.epilogue = c.epilogue;
  return matmul_kernel(c, std::move(batch), std::move(*bias));
}

}  // namespace

extern const Operator op_Gemm = {
    .name = "Gemm",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.weight_input = 1, .quantizable = true},
    .prepare = prepare,
};

}  // namespace edgeopt
