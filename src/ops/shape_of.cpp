// Shape, Size: what a tensor's shape says, as a tensor.
#include <algorithm>

#include "ops/op.h"

namespace edgeopt {
namespace {

// A bound of a slice of the dimensions, as Python reads it.
int64_t bound(int64_t value, int64_t rank) {
  return std::clamp<int64_t>(value < 0 ? value + rank : value, 0, rank);
}

Tensor dimensions(const Node& node, const Shape& shape) {
  const auto rank = static_cast<int64_t>(shape.size());
  const int64_t start = bound(node.int_or("start", 0), rank);
  const int64_t end = std::max(start, bound(node.int_or("end", rank), rank));
  const std::vector<int64_t> kept(shape.begin() + start, shape.begin() + end);
  return Tensor::from_ints({static_cast<int64_t>(kept.size())}, kept);
}

Tensor count(const Node& /*node*/, const Shape& shape) {
  return Tensor::from_ints({}, {element_count(shape)});
}

template <Tensor (*kMake)(const Node&, const Shape&)>
constexpr Operator shape_operator(std::string_view name) {
  return {.name = name,
          .domain = "",
          .infer = [](InferContext& c) { c.set_output_value(0, kMake(c.node(), c.shape(0))); },
          .compute =
              [](ComputeContext& c) {
                const Tensor made = kMake(c.node(), c.input(0).shape());
                std::copy_n(made.data<int64_t>(), made.size(), c.output(0).mutable_data<int64_t>());
              },
          .traits = {.shape_only = true}};
}

}  // namespace

extern const Operator op_Shape = shape_operator<dimensions>("Shape");
extern const Operator op_Size = shape_operator<count>("Size");

}  // namespace edgeopt
