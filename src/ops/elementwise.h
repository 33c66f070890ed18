// Operators of one input that map each element by itself.
#pragma once

#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {

// y[i] = f(x[i]) in the type that 16-bit floats widen to. Types outside the list are unsupported.
template <typename Types, typename F>
void map_elements(ComputeContext& c, F f) {
  const Tensor& x = c.input(0);
  const bool known = dispatch(x.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    const T* from = x.data<T>();
    T* to = c.output(0).mutable_data<T>();
    const int64_t count = x.size();
    for (int64_t i = 0; i < count; ++i) {
      to[i] = static_cast<T>(static_cast<Wide<T>>(f(static_cast<Wide<T>>(from[i]))));
    }
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

// An operator y = f(x) for the types of the list. `F` is a lambda without captures.
template <typename Types, typename F>
constexpr Operator unary_operator(std::string_view name, F /*f*/, OpTraits traits = {}) {
  traits.elementwise = true;
  return {.name = name,
          .domain = "",
          .infer = [](InferContext& c) { c.same_as_input(); },
          .compute = [](ComputeContext& c) { map_elements<Types>(c, F()); },
          .traits = traits};
}

// The same for f made from the node's attributes: `Make` is a lambda from the node to f.
template <typename Types, typename Make>
constexpr Operator attribute_operator(std::string_view name, Make /*make*/, OpTraits traits = {}) {
  traits.elementwise = true;
  return {.name = name,
          .domain = "",
          .infer = [](InferContext& c) { c.same_as_input(); },
          .compute = [](ComputeContext& c) { map_elements<Types>(c, Make()(c.node())); },
          .traits = traits};
}

}  // namespace edgeopt
