// Activations of one input and, at most, numbers given as attributes.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "ops/elementwise.h"
#include "tensor/to_integer.h"

namespace edgeopt {
namespace {

template <typename T>
T sigmoid(T x) {
  return 1 / (1 + std::exp(-x));
}

// Stable for large |x|.
template <typename T>
T softplus(T x) {
  return std::max(x, T{0}) + std::log1p(std::exp(-std::fabs(x)));
}

template <typename T>
T gelu(T x) {
  return x / 2 * (1 + std::erf(x / std::numbers::sqrt2_v<T>));
}

template <typename T>
T gelu_tanh(T x) {
  const T scale = std::numbers::sqrt2_v<T> * std::numbers::inv_sqrtpi_v<T>;  // sqrt(2 / pi)
  return x / 2 * (1 + std::tanh(scale * (x + T{0.044715F} * x * x * x)));
}

void compute_gelu(ComputeContext& c) {
  const std::string form = c.node().string_or("approximate", "none");
  if (form == "tanh") {
    map_elements<FloatTypes>(c, [](auto x) { return gelu_tanh(x); });
  } else if (form == "none") {
    map_elements<FloatTypes>(c, [](auto x) { return gelu(x); });
  } else {
    c.bad("approximate is '" + form + "', not 'none' or 'tanh'");
  }
}

constexpr OpTraits kQuantizable = {.quantizable = true};
constexpr OpTraits kUnit = {.quantizable = true, .fixed_range = std::pair(0.0F, 1.0F)};
constexpr OpTraits kSigned = {.quantizable = true, .fixed_range = std::pair(-1.0F, 1.0F)};

}  // namespace

extern const Operator op_Sigmoid = unary_operator<FloatTypes>(
    "Sigmoid", [](auto x) { return sigmoid(x); }, kUnit);
extern const Operator op_Tanh = unary_operator<FloatTypes>(
    "Tanh", [](auto x) { return std::tanh(x); }, kSigned);
extern const Operator op_Softsign = unary_operator<FloatTypes>(
    "Softsign", [](auto x) { return x / (1 + std::fabs(x)); }, kSigned);
extern const Operator op_Softplus =
    unary_operator<FloatTypes>("Softplus", [](auto x) { return softplus(x); });
extern const Operator op_Mish = unary_operator<FloatTypes>(
    "Mish", [](auto x) { return x * std::tanh(softplus(x)); }, kQuantizable);
extern const Operator op_HardSwish = unary_operator<FloatTypes>(
    "HardSwish",
    [](auto x) {
      using T = decltype(x);
      return x * std::clamp<T>(x / 6 + T{0.5F}, 0, 1);
    },
    kQuantizable);

extern const Operator op_LeakyRelu =
    attribute_operator<FloatTypes>("LeakyRelu",
                                   [](const Node& node) {
                                     const float alpha = node.float_or("alpha", 0.01F);
                                     return [alpha](auto x) { return x < 0 ? alpha * x : x; };
                                   },
                                   {.positively_homogeneous = true, .quantizable = true});
extern const Operator op_Elu = attribute_operator<FloatTypes>(
    "Elu",
    [](const Node& node) {
      const float alpha = node.float_or("alpha", 1.0F);
      return [alpha](auto x) { return x < 0 ? alpha * std::expm1(x) : x; };
    },
    kQuantizable);
extern const Operator op_Celu = attribute_operator<FloatTypes>("Celu", [](const Node& node) {
  const float alpha = node.float_or("alpha", 1.0F);
  return [alpha](auto x) { return x < 0 ? alpha * std::expm1(x / alpha) : x; };
});
extern const Operator op_Selu = attribute_operator<FloatTypes>("Selu", [](const Node& node) {
  const float alpha = node.float_or("alpha", 1.67326319217681884765625F);
  const float gamma = node.float_or("gamma", 1.05070102214813232421875F);
  return [alpha, gamma](auto x) { return gamma * (x < 0 ? alpha * std::expm1(x) : x); };
});
extern const Operator op_ThresholdedRelu =
    attribute_operator<FloatTypes>("ThresholdedRelu", [](const Node& node) {
      const float alpha = node.float_or("alpha", 1.0F);
      return [alpha](auto x) { return x > alpha ? x : decltype(x){0}; };
    });
extern const Operator op_HardSigmoid = attribute_operator<FloatTypes>(
    "HardSigmoid",
    [](const Node& node) {
      const float alpha = node.float_or("alpha", 0.2F);
      const float beta = node.float_or("beta", 0.5F);
      return [alpha, beta](auto x) { return std::clamp<decltype(x)>(alpha * x + beta, 0, 1); };
    },
    kUnit);
extern const Operator op_Swish = attribute_operator<FloatTypes>(
    "Swish",
    [](const Node& node) {
      const float alpha = node.float_or("alpha", 1.0F);
      return [alpha](auto x) { return x * sigmoid(alpha * x); };
    },
    kQuantizable);
extern const Operator op_Shrink = attribute_operator<NumericTypes>("Shrink", [](const Node& node) {
  const float lambda = node.float_or("lambd", 0.5F);
  const float bias = node.float_or("bias", 0.0F);
  return [lambda, bias](auto x) {
    const auto value = static_cast<double>(x);
    return to_number<decltype(x)>(value < -lambda  ? value + bias
                                  : value > lambda ? value - bias
                                                   : 0.0);
  };
});
extern const Operator op_Gelu = {
    .name = "Gelu",
    .domain = "",
    .infer = [](InferContext& c) { c.same_as_input(); },
    .compute = compute_gelu,
    .traits = {.elementwise = true, .quantizable = true},
};
// ONNX Runtime's own, for models of any opset.
extern const Operator op_MicrosoftGelu = {
    .name = "Gelu",
    .domain = "com.microsoft",
    .infer = [](InferContext& c) { c.same_as_input(); },
    .compute = compute_gelu,
    .traits = {.elementwise = true, .quantizable = true},
};

}  // namespace edgeopt
