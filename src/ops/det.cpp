// Det: the determinant of each matrix.
#include <cmath>
#include <utility>
#include <vector>

#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  Shape shape = c.shape(0);
  if (shape.size() < 2 || shape[shape.size() - 1] != shape[shape.size() - 2]) {
    c.bad("its input is not of square matrices");
  }
  shape.resize(shape.size() - 2);
  c.set_output(0, c.type(0), std::move(shape));
}

// Gaussian elimination with the largest pivot of the column. `m` is used up.
double determinant(std::vector<double>& m, size_t n) {
  double result = 1;
  for (size_t k = 0; k < n; ++k) {
    size_t pivot = k;
    for (size_t row = k + 1; row < n; ++row) {
      if (std::fabs(m[row * n + k]) > std::fabs(m[pivot * n + k])) pivot = row;
    }
    if (m[pivot * n + k] == 0) return 0;
    if (pivot != k) {
      for (size_t i = 0; i < n; ++i) std::swap(m[k * n + i], m[pivot * n + i]);
      result = -result;
    }
    result *= m[k * n + k];
    for (size_t row = k + 1; row < n; ++row) {
      const double factor = m[row * n + k] / m[k * n + k];
      for (size_t i = k; i < n; ++i) m[row * n + i] -= factor * m[k * n + i];
    }
  }
  return result;
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const auto n = static_cast<size_t>(x.dim(x.rank() - 1));
  const bool known = dispatch(x.type(), FloatTypes(), [&]<typename T>(std::type_identity<T>) {
    const T* from = x.data<T>();
    T* to = c.output(0).mutable_data<T>();
    if (c.output(0).size() == 0) return;
    std::vector<double> matrix(n * n);
    for (int64_t i = 0; i < c.output(0).size(); ++i) {
      for (double& value : matrix) value = static_cast<Wide<T>>(*from++);
      to[i] = static_cast<T>(static_cast<Wide<T>>(determinant(matrix, n)));
    }
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

}  // namespace

extern const Operator op_Det = {.name = "Det", .domain = "", .infer = infer, .compute = compute};

}  // namespace edgeopt
