// Relu: y = max(x, 0).
#include <algorithm>

#include "ops/op.h"

namespace edgeopt {
namespace {

template <typename T>
void relu(const Tensor& x, Tensor& y) {
  const T* from = x.data<T>();
  std::transform(from, from + x.size(), y.mutable_data<T>(),
                 [](T v) { return v > T{0} ? v : T{0}; });
}

void compute(ComputeContext& c) {
  switch (c.input(0).type()) {
    case DataType::kFloat: return relu<float>(c.input(0), c.output(0));
    case DataType::kDouble: return relu<double>(c.input(0), c.output(0));
    case DataType::kInt32: return relu<int32_t>(c.input(0), c.output(0));
    case DataType::kInt8: return relu<int8_t>(c.input(0), c.output(0));
    default: c.unsupported("type " + name_of(c.input(0).type()));
  }
}

}  // namespace

extern const Operator op_Relu = {
    .name = "Relu",
    .domain = "",
    .infer = [](InferContext& c) { c.same_as_input(); },
    .compute = compute,
    .traits = {.elementwise = true,
               .positively_homogeneous = true,
               .clamps = true,
               .quantizable = true},
};

}  // namespace edgeopt
