// Clip: y = min(max(x, low), high); both limits are optional scalar inputs, attributes before opset
// 11.
#include <limits>

#include "ops/op.h"
#include "tensor/dispatch.h"
#include "tensor/to_integer.h"

namespace edgeopt {
namespace {

template <typename T>
Wide<T> limit(const ComputeContext& c, size_t i, Wide<T> fallback) {
  const char* attribute = i == 1 ? "min" : "max";
  if (c.node().find_attribute(attribute) != nullptr) {
    return to_number<Wide<T>>(c.node().float_or(attribute, 0));
  }
  if (!c.has_input(i)) return fallback;
  const Tensor& value = c.input(i);
  if (value.type() != data_type_of<T>()) c.bad("a limit has another type than the input");
  if (value.size() != 1) c.bad("a limit is not a scalar");
  return value.data<T>()[0];
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const bool known = dispatch(x.type(), NumericTypes(), [&]<typename T>(std::type_identity<T>) {
    using W = Wide<T>;
    constexpr bool kInfinite = std::numeric_limits<W>::has_infinity;
    const W top = kInfinite ? std::numeric_limits<W>::infinity() : std::numeric_limits<W>::max();
    const W bottom = kInfinite ? -top : std::numeric_limits<W>::lowest();
    const W low = limit<T>(c, 1, bottom);
    const W high = limit<T>(c, 2, top);
    const T* from = x.data<T>();
    T* to = c.output(0).mutable_data<T>();
    const int64_t count = x.size();
    for (int64_t i = 0; i < count; ++i) {  // a NaN stays; the upper limit wins over the lower
      W value = from[i];
      value = value < low ? low : value;
      to[i] = static_cast<T>(value > high ? high : value);
    }
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

}  // namespace

extern const Operator op_Clip = {
    .name = "Clip",
    .domain = "",
    .infer = [](InferContext& c) { c.same_as_input(); },
    .compute = compute,
    .traits = {.elementwise = true, .clamps = true, .quantizable = true},
};

}  // namespace edgeopt
