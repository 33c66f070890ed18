// Not, BitwiseNot, IsNaN, IsInf, Identity.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/elementwise.h"

namespace edgeopt {
namespace {

void to_bool(InferContext& c) { c.set_output(0, DataType::kBool, c.shape(0)); }

template <typename F>
void classify(ComputeContext& c, F f) {
  const Tensor& x = c.input(0);
  const bool known = dispatch(x.type(), FloatTypes(), [&]<typename T>(std::type_identity<T>) {
    const T* from = x.data<T>();
    std::transform(from, from + x.size(), c.output(0).mutable_data<Bool>(),
                   [&](T v) { return Bool(f(static_cast<Wide<T>>(v))); });
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

void is_nan(ComputeContext& c) {
  classify(c, [](auto x) { return std::isnan(x); });
}

void is_inf(ComputeContext& c) {
  const bool negative = c.node().int_or("detect_negative", 1) != 0;
  const bool positive = c.node().int_or("detect_positive", 1) != 0;
  classify(c, [=](auto x) { return std::isinf(x) && (x > 0 ? positive : negative); });
}

void copy(ComputeContext& c) {
  const Tensor& x = c.input(0);
  if (x.type() == DataType::kString) {
    std::copy_n(x.data<std::string>(), x.size(), c.output(0).mutable_data<std::string>());
  } else if (x.byte_size() > 0) {
    std::memcpy(c.output(0).mutable_raw(), x.raw(), x.byte_size());
  }
}

}  // namespace

extern const Operator op_Not = unary_operator<BoolTypes>("Not", [](bool x) { return !x; });
extern const Operator op_BitwiseNot =
    unary_operator<IntTypes>("BitwiseNot", [](auto x) { return ~x; });
extern const Operator op_IsNaN = {.name = "IsNaN",
                                  .domain = "",
                                  .infer = to_bool,
                                  .compute = is_nan,
                                  .traits = {.elementwise = true}};
extern const Operator op_IsInf = {.name = "IsInf",
                                  .domain = "",
                                  .infer = to_bool,
                                  .compute = is_inf,
                                  .traits = {.elementwise = true}};
extern const Operator op_Identity = {
    .name = "Identity",
    .domain = "",
    .infer = [](InferContext& c) { c.same_as_input(); },
    .compute = copy,
    .traits = {.elementwise = true,
               .positively_homogeneous = true,
               .data_movement = true,
               .same_elements = true},
};

}  // namespace edgeopt
