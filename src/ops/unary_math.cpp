// Abs, Neg, Exp and the other functions of one number.
#include <cmath>

#include "ops/elementwise.h"

namespace edgeopt {
namespace {

// Of the type that 16-bit integers would promote to; the caller casts back.
template <typename T>
T magnitude(T x) {
  if constexpr (std::is_unsigned_v<T>) {
    return x;
  } else if constexpr (std::is_floating_point_v<T>) {
    return std::fabs(x);
  } else {
    return x < T{0} ? static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(x)) : x;
  }
}

template <typename T>
T negative(T x) {
  if constexpr (std::is_floating_point_v<T>) {
    return -x;
  } else {
    return static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(x));  // the lowest stays itself
  }
}

template <typename T>
T sign(T x) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(x)) return x;
  }
  return static_cast<T>((x > T{0} ? 1 : 0) - (x < T{0} ? 1 : 0));
}

using NegatableTypes = Joined<FloatTypes, SignedTypes>;

constexpr OpTraits kHomogeneous = {.positively_homogeneous = true, .quantizable = true};
constexpr OpTraits kSigns = {.fixed_range = std::pair(-1.0F, 1.0F)};

}  // namespace

extern const Operator op_Abs = unary_operator<NumericTypes>(
    "Abs", [](auto x) { return magnitude(x); }, kHomogeneous);
extern const Operator op_Neg = unary_operator<NegatableTypes>(
    "Neg", [](auto x) { return negative(x); }, kHomogeneous);
extern const Operator op_Sign = unary_operator<NumericTypes>(
    "Sign", [](auto x) { return sign(x); }, kSigns);
extern const Operator op_Exp =
    unary_operator<FloatTypes>("Exp", [](auto x) { return std::exp(x); });
extern const Operator op_Log =
    unary_operator<FloatTypes>("Log", [](auto x) { return std::log(x); });
extern const Operator op_Sqrt =
    unary_operator<FloatTypes>("Sqrt", [](auto x) { return std::sqrt(x); });
extern const Operator op_Reciprocal =
    unary_operator<FloatTypes>("Reciprocal", [](auto x) { return 1 / x; });
extern const Operator op_Floor =
    unary_operator<FloatTypes>("Floor", [](auto x) { return std::floor(x); });
extern const Operator op_Ceil =
    unary_operator<FloatTypes>("Ceil", [](auto x) { return std::ceil(x); });
extern const Operator op_Round =
    unary_operator<FloatTypes>("Round", [](auto x) { return std::nearbyint(x); });
extern const Operator op_Erf = unary_operator<FloatTypes>(
    "Erf", [](auto x) { return std::erf(x); }, kSigns);

extern const Operator op_Sin = unary_operator<FloatTypes>(
    "Sin", [](auto x) { return std::sin(x); }, kSigns);
extern const Operator op_Cos = unary_operator<FloatTypes>(
    "Cos", [](auto x) { return std::cos(x); }, kSigns);
extern const Operator op_Tan =
    unary_operator<FloatTypes>("Tan", [](auto x) { return std::tan(x); });
extern const Operator op_Asin =
    unary_operator<FloatTypes>("Asin", [](auto x) { return std::asin(x); });
extern const Operator op_Acos =
    unary_operator<FloatTypes>("Acos", [](auto x) { return std::acos(x); });
extern const Operator op_Atan =
    unary_operator<FloatTypes>("Atan", [](auto x) { return std::atan(x); });
extern const Operator op_Sinh =
    unary_operator<FloatTypes>("Sinh", [](auto x) { return std::sinh(x); });
extern const Operator op_Cosh =
    unary_operator<FloatTypes>("Cosh", [](auto x) { return std::cosh(x); });
extern const Operator op_Asinh =
    unary_operator<FloatTypes>("Asinh", [](auto x) { return std::asinh(x); });
extern const Operator op_Acosh =
    unary_operator<FloatTypes>("Acosh", [](auto x) { return std::acosh(x); });
extern const Operator op_Atanh =
    unary_operator<FloatTypes>("Atanh", [](auto x) { return std::atanh(x); });

}  // namespace edgeopt
