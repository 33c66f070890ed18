// Arithmetic of two broadcast operands: Add, Sub, Mul, Div, Pow, Mod, PRelu, BitShift, Bitwise*.
#include <cmath>
#include <type_traits>

#include "base/format.h"
#include "ops/binary.h"
#include "tensor/to_integer.h"

namespace edgeopt {
namespace {

// Integer arithmetic wraps around, as NumPy's does: in the unsigned type, where it is defined.
template <typename T>
using Wrapping = typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>,
                                             std::type_identity<T>>::type;

template <typename T>
T product(T a, T b) {
  using W = Wrapping<T>;
  if constexpr (sizeof(W) < sizeof(int)) {
    return static_cast<T>(static_cast<unsigned>(a) * static_cast<unsigned>(b));
  } else {
    return static_cast<T>(static_cast<W>(a) * static_cast<W>(b));
  }
}

template <typename T>
T quotient(const ComputeContext& c, T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == 0) c.bad("division by zero");
    if constexpr (std::is_signed_v<T>) {
      if (b == -1) return static_cast<T>(Wrapping<T>{0} - static_cast<Wrapping<T>>(a));
    }
  }
  return static_cast<T>(a / b);
}

// The remainder with the sign of the divisor (Python's).
template <typename T>
T modulus(const ComputeContext& c, T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == 0) c.bad("division by zero");
    if constexpr (std::is_signed_v<T>) {
      if (b == -1) return 0;
      const T rest = static_cast<T>(a % b);
      return rest != 0 && (rest < 0) != (b < 0) ? static_cast<T>(rest + b) : rest;
    } else {
      return static_cast<T>(a % b);
    }
  } else {
    const T rest = std::fmod(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
}

// The remainder with the sign of the dividend (C's).
template <typename T>
T remainder(const ComputeContext& c, T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == 0) c.bad("division by zero");
    if constexpr (std::is_signed_v<T>) {
      if (b == -1) return 0;
    }
    return static_cast<T>(a % b);
  } else {
    return std::fmod(a, b);
  }
}

// Base and exponent may differ in type; the result has the base's.
template <typename T, typename E>
T power(T base, E exponent) {
  if constexpr (std::is_integral_v<T> && std::is_integral_v<E>) {
    if constexpr (std::is_signed_v<E>) {
      if (exponent < 0) return to_integer<T>(std::pow(base, exponent));
    }
    uint64_t result = 1;
    auto factor = static_cast<uint64_t>(base);
    for (auto left = static_cast<uint64_t>(exponent); left > 0; left >>= 1U) {
      if ((left & 1U) != 0) result *= factor;
      factor *= factor;
    }
    return static_cast<T>(result);
  } else if constexpr (std::is_same_v<T, float>) {
    return exponent == E{2} ? base * base : std::pow(base, static_cast<float>(exponent));
  } else {
    return to_number<T>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
}

void infer_pow(InferContext& c) { c.set_output(0, c.type(0), broadcast_pair(c)); }

void compute_pow(ComputeContext& c) {
  using Types = TypeList<float, double, Float16, Bfloat16, int32_t, int64_t>;
  const Tensor& a = c.input(0);
  const Tensor b = second_operand(c);
  bool known = false;
  dispatch(a.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    known = dispatch(b.type(), NumericTypes(), [&]<typename E>(std::type_identity<E>) {
      broadcast_binary<T, E, T>(a, b, c.output(0), [](T x, E y) {
        return static_cast<T>(power(static_cast<Wide<T>>(x), static_cast<Wide<E>>(y)));
      });
    });
  });
  if (!known) c.unsupported("types " + name_of(a.type()) + " and " + name_of(b.type()));
}

void compute_mod(ComputeContext& c) {
  if (c.node().int_or("fmod", 0) != 0) {
    compute_binary<NumericTypes>(c, [&](auto a, auto b) { return remainder(c, a, b); });
  } else {
    compute_binary<NumericTypes>(c, [&](auto a, auto b) { return modulus(c, a, b); });
  }
}

void compute_div(ComputeContext& c) {
  compute_binary<NumericTypes>(c, [&](auto a, auto b) { return quotient(c, a, b); });
}

void compute_shift(ComputeContext& c) {
  const std::string direction = c.node().string_or("direction", "");
  if (direction != "LEFT" && direction != "RIGHT") c.bad("direction is not LEFT or RIGHT");
  const bool left = direction == "LEFT";
  compute_binary<UnsignedTypes>(c, [left](auto a, auto b) {
    using T = decltype(a);
    const auto wide = static_cast<uint64_t>(a);
    if (b >= 8 * sizeof(T)) return T{0};
    return static_cast<T>(left ? wide << b : wide >> b);
  });
}

// The slope's shape as it broadcasts to the input. Before opset 7 a vector counted channels.
Shape slope_shape(int64_t opset, const Shape& x, const Shape& slope) {
  if (opset >= 7 || slope.size() != 1 || slope[0] == 1 || x.size() < 2) return slope;
  Shape shape(x.size() - 1, 1);
  shape[0] = slope[0];
  return shape;
}

// The slope broadcasts to the input, never the other way.
void infer_prelu(InferContext& c) {
  same_types(c);
  const Shape slope = slope_shape(c.opset(), c.shape(0), c.shape(1));
  if (broadcast(std::array<Shape, 2>{c.shape(0), slope}) != c.shape(0)) {
    c.bad(format("the slope of shape {} does not broadcast to {}", to_string(c.shape(1)),
                 to_string(c.shape(0))));
  }
  c.same_as_input();
}

void compute_prelu(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Tensor slope = c.input(1).reshaped(slope_shape(c.opset(), x.shape(), c.input(1).shape()));
  const bool known = dispatch(x.type(), NumericTypes(), [&]<typename T>(std::type_identity<T>) {
    using W = Wide<T>;
    broadcast_binary<T, T, T>(x, slope, c.output(0), [](T value, T factor) {
      const W wide = value;
      return static_cast<T>(wide < W{0} ? product(wide, static_cast<W>(factor)) : wide);
    });
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

constexpr OpTraits kQuantizable = {.elementwise = true, .quantizable = true};

}  // namespace

extern const Operator op_Add = binary_operator<NumericTypes>(
    "Add",
    [](auto a, auto b) {
      using W = Wrapping<decltype(a)>;
      return static_cast<W>(static_cast<W>(a) + static_cast<W>(b));
    },
    kQuantizable);
extern const Operator op_Sub = binary_operator<NumericTypes>(
    "Sub",
    [](auto a, auto b) {
      using W = Wrapping<decltype(a)>;
      return static_cast<W>(static_cast<W>(a) - static_cast<W>(b));
    },
    kQuantizable);
extern const Operator op_Mul = binary_operator<NumericTypes>(
    "Mul", [](auto a, auto b) { return product(a, b); }, kQuantizable);
extern const Operator op_BitwiseAnd =
    binary_operator<IntTypes>("BitwiseAnd", [](auto a, auto b) { return a & b; });
extern const Operator op_BitwiseOr =
    binary_operator<IntTypes>("BitwiseOr", [](auto a, auto b) { return a | b; });
extern const Operator op_BitwiseXor =
    binary_operator<IntTypes>("BitwiseXor", [](auto a, auto b) { return a ^ b; });
extern const Operator op_Div = {.name = "Div",
                                .domain = "",
                                .infer = infer_binary,
                                .compute = compute_div,
                                .traits = kQuantizable,
                                .required_inputs = 2};
extern const Operator op_Mod = {.name = "Mod",
                                .domain = "",
                                .infer = infer_binary,
                                .compute = compute_mod,
                                .traits = {.elementwise = true}};
extern const Operator op_Pow = {.name = "Pow",
                                .domain = "",
                                .infer = infer_pow,
                                .compute = compute_pow,
                                .traits = {.elementwise = true}};
extern const Operator op_BitShift = {.name = "BitShift",
                                     .domain = "",
                                     .infer = infer_binary,
                                     .compute = compute_shift,
                                     .traits = {.elementwise = true}};
extern const Operator op_PRelu = {
    .name = "PRelu",
    .domain = "",
    .infer = infer_prelu,
    .compute = compute_prelu,
    .traits = {.elementwise = true, .positively_homogeneous = true, .quantizable = true},
};

}  // namespace edgeopt
