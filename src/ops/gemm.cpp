// Gemm: y = alpha a b + beta c, a and b transposed where asked, c broadcast to y.
#include "base/format.h"
#include "kernels/loops.h"
#include "ops/binary.h"

namespace edgeopt {
namespace {

struct GemmShape {
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t depth = 0;
  bool a_transposed = false;
  bool b_transposed = false;
};

template <typename Context>
GemmShape gemm_shape(const Context& c, const Shape& a, const Shape& b) {
  if (a.size() != 2 || b.size() != 2) {
    c.bad("operands of shape " + to_string(a) + " and " + to_string(b) + " are not matrices");
  }
  GemmShape s;
  s.a_transposed = c.node().int_or("transA", 0) != 0;
  s.b_transposed = c.node().int_or("transB", 0) != 0;
  s.rows = a[s.a_transposed ? 1 : 0];
  s.depth = a[s.a_transposed ? 0 : 1];
  s.columns = b[s.b_transposed ? 0 : 1];
  if (b[s.b_transposed ? 1 : 0] != s.depth) {
    c.bad("shapes " + to_string(a) + " and " + to_string(b) + " cannot be multiplied");
  }
  return s;
}

void infer(InferContext& c) {
  if (c.type(1) != c.type(0) || (c.has_input(2) && c.type(2) != c.type(0))) {
    c.bad("the inputs are of different types");
  }
  const GemmShape s = gemm_shape(c, c.shape(0), c.shape(1));
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

template <typename T>
void gemm(ComputeContext& c) {
  using A = std::conditional_t<std::is_integral_v<T>, uint64_t, Wide<T>>;
  const GemmShape s = gemm_shape(c, c.input(0).shape(), c.input(1).shape());
  const T* a = c.input(0).data<T>();
  const T* b = c.input(1).data<T>();
  using F = std::conditional_t<std::is_integral_v<T>, double, Wide<T>>;
  const auto alpha = static_cast<F>(c.node().float_or("alpha", 1));
  const auto beta = static_cast<F>(c.node().float_or("beta", 1));
  T* y = c.output(0).mutable_data<T>();
  matmul_loop<A>(
      s.rows, s.columns, s.depth,
      [&](int64_t r, int64_t k) { return A(a[s.a_transposed ? k * s.rows + r : r * s.depth + k]); },
      [&](int64_t k, int64_t col) {
        return A(b[s.b_transposed ? col * s.depth + k : k * s.columns + col]);
      },
      [&](int64_t r, int64_t col, A sum) {
        const auto value = static_cast<Wide<T>>(sum);
        y[r * s.columns + col] = static_cast<T>(
            alpha == 1 ? value : static_cast<Wide<T>>(alpha * static_cast<F>(value)));
      });
  if (!c.has_input(2)) return;
  broadcast_binary<T, T, T>(c.output(0), c.input(2), c.output(0), [&](T product, T addend) {
    const Wide<T> value = addend;
    const auto added = beta == 1 ? value : static_cast<Wide<T>>(beta * static_cast<F>(value));
    return static_cast<T>(static_cast<Wide<T>>(Wide<T>(product) + added));
  });
}

void compute(ComputeContext& c) {
  const bool known = dispatch(c.input(0).type(), NumericTypes(),
                              [&]<typename T>(std::type_identity<T>) { gemm<T>(c); });
  if (!known) c.unsupported("type " + name_of(c.input(0).type()));
}

}  // namespace

extern const Operator op_Gemm = {
    .name = "Gemm",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.weight_input = 1, .quantizable = true},
};

}  // namespace edgeopt
