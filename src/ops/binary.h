// Operators of two operands of one type that broadcast to each other.
#pragma once

#include "ops/broadcast.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {

// Error(kBadInput) unless all inputs are of one type.
inline void same_types(const InferContext& c) {
  for (size_t i = 1; i < c.input_count(); ++i) {
    if (c.type(i) == c.type(0)) continue;
    c.bad("inputs of types " + name_of(c.type(0)) + " and " + name_of(c.type(i)));
  }
}

// The second operand's shape as broadcasting wants it. Before opset 7 the attribute `axis` said
// where in the first operand its dimensions lie.
inline Shape aligned(const Node& node, int64_t opset, const Shape& first, const Shape& second) {
  const auto axis = node.int_or("axis", -1);
  const auto rank = static_cast<int64_t>(first.size());
  if (opset >= 7 || axis < 0 || axis > rank) return second;
  Shape shape = second;
  while (static_cast<int64_t>(shape.size()) < rank - axis) shape.push_back(1);
  return shape;
}

// The shape of both operands broadcast together.
inline Shape broadcast_pair(const InferContext& c) {
  const Shape second = aligned(c.node(), c.opset(), c.shape(0), c.shape(1));
  if (second == c.shape(1)) return broadcast_inputs(c, 0, 2);
  const std::optional<Shape> shape = broadcast(std::array<Shape, 2>{c.shape(0), second});
  if (!shape) c.bad("the second operand does not fit the axis");
  return *shape;
}

// The second operand, aligned.
inline Tensor second_operand(const ComputeContext& c) {
  const Tensor& b = c.input(1);
  Shape shape = aligned(c.node(), c.opset(), c.input(0).shape(), b.shape());
  return shape == b.shape() ? b : b.reshaped(std::move(shape));
}

inline void infer_binary(InferContext& c) {
  same_types(c);
  c.set_output(0, c.type(0), broadcast_pair(c));
}

inline void infer_comparison(InferContext& c) {
  same_types(c);
  c.set_output(0, DataType::kBool, broadcast_pair(c));
}

// y = f(a, b), computed in the type that 16-bit floats widen to.
template <typename Types, typename F>
void compute_binary(ComputeContext& c, F f) {
  const Tensor& a = c.input(0);
  const Tensor b = second_operand(c);
  const bool known = dispatch(a.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    using W = Wide<T>;
    broadcast_binary<T, T, T>(a, b, c.output(0), [&](T x, T y) {
      return static_cast<T>(static_cast<W>(f(static_cast<W>(x), static_cast<W>(y))));
    });
  });
  if (!known) c.unsupported("type " + name_of(a.type()));
}

// y = f(a, b) is true or false.
template <typename Types, typename F>
void compute_comparison(ComputeContext& c, F f) {
  const Tensor& a = c.input(0);
  const Tensor b = second_operand(c);
  const bool known = dispatch(a.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    broadcast_binary<T, T, Bool>(a, b, c.output(0), [&](const T& x, const T& y) {
      return Bool(f(static_cast<const Wide<T>&>(x), static_cast<const Wide<T>&>(y)));
    });
  });
  if (!known) c.unsupported("type " + name_of(a.type()));
}

// `F` is a lambda without captures.
template <typename Types, typename F>
constexpr Operator binary_operator(std::string_view name, F /*f*/,
                                   OpTraits traits = {.elementwise = true}) {
  return {.name = name,
          .domain = "",
          .infer = infer_binary,
          .compute = [](ComputeContext& c) { compute_binary<Types>(c, F()); },
          .traits = traits,
          .required_inputs = 2};
}

template <typename Types, typename F>
constexpr Operator comparison_operator(std::string_view name, F /*f*/) {
  return {.name = name,
          .domain = "",
          .infer = infer_comparison,
          .compute = [](ComputeContext& c) { compute_comparison<Types>(c, F()); },
          .traits = {.elementwise = true}};
}

}  // namespace edgeopt
