// Equal, Greater, Less and their like, And, Or, Xor, Where.
#include <algorithm>

#include "ops/binary.h"

namespace edgeopt {
namespace {

using OrderedTypes = NumericTypes;
using EqualTypes = Joined<NumericTypes, BoolTypes, StringTypes>;

void infer_where(InferContext& c) {
  if (c.type(0) != DataType::kBool) c.bad("the condition is not of type bool");
  if (c.type(1) != c.type(2)) c.bad("the two choices are of different types");
  c.set_output(0, c.type(1), broadcast_inputs(c, 0, 3));
}

void compute_where(ComputeContext& c) {
  const std::array<Shape, 3> shapes = {c.input(0).shape(), c.input(1).shape(), c.input(2).shape()};
  const BroadcastPlan plan(c.output(0).shape(), shapes);
  const DataType type = c.input(1).type();
  const bool known = dispatch(type, EqualTypes(), [&]<typename T>(std::type_identity<T>) {
    const Bool* condition = c.input(0).data<Bool>();
    const T* yes = c.input(1).data<T>();
    const T* no = c.input(2).data<T>();
    T* to = c.output(0).mutable_data<T>();
    plan.for_each_row([&](int64_t at, std::span<const int64_t> offsets) {
      for (int64_t i = 0; i < plan.row(); ++i) {
        const bool chosen = condition[offsets[0] + i * plan.step(0)];
        to[at + i] =
            chosen ? yes[offsets[1] + i * plan.step(1)] : no[offsets[2] + i * plan.step(2)];
      }
    });
  });
  if (!known) c.unsupported("type " + name_of(type));
}

}  // namespace

extern const Operator op_Equal =
    comparison_operator<EqualTypes>("Equal", [](const auto& a, const auto& b) { return a == b; });
extern const Operator op_Greater =
    comparison_operator<OrderedTypes>("Greater", [](auto a, auto b) { return a > b; });
extern const Operator op_Less =
    comparison_operator<OrderedTypes>("Less", [](auto a, auto b) { return a < b; });
extern const Operator op_GreaterOrEqual =
    comparison_operator<OrderedTypes>("GreaterOrEqual", [](auto a, auto b) { return a >= b; });
extern const Operator op_LessOrEqual =
    comparison_operator<OrderedTypes>("LessOrEqual", [](auto a, auto b) { return a <= b; });
extern const Operator op_And =
    comparison_operator<BoolTypes>("And", [](bool a, bool b) { return a && b; });
extern const Operator op_Or =
    comparison_operator<BoolTypes>("Or", [](bool a, bool b) { return a || b; });
extern const Operator op_Xor =
    comparison_operator<BoolTypes>("Xor", [](bool a, bool b) { return a != b; });
extern const Operator op_Where = {.name = "Where",
                                  .domain = "",
                                  .infer = infer_where,
                                  .compute = compute_where,
                                  .traits = {.elementwise = true}};

}  // namespace edgeopt
