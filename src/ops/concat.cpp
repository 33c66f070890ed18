// Concat: tensors joined along one axis.
#include "base/format.h"
#include "ops/op.h"
#include "ops/strided_moves.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  if (c.input_count() == 0) c.bad("has no input");
  // The axis had a default before opset 4.
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", 1), c.rank(0));
  Shape shape = c.shape(0);
  for (size_t i = 1; i < c.input_count(); ++i) {
    const Shape& other = c.shape(i);
    if (c.type(i) != c.type(0)) c.bad("inputs of different types");
    bool fits = other.size() == shape.size();
    for (size_t k = 0; fits && k < shape.size(); ++k) {
      fits = int64_t(k) == axis || other[k] == shape[k];
    }
    if (!fits) {
      c.bad(format("shapes {} and {} do not join along axis {}", to_string(c.shape(0)),
                   to_string(other), axis));
    }
    shape[static_cast<size_t>(axis)] += other[static_cast<size_t>(axis)];
  }
  c.set_output(0, c.type(0), std::move(shape));
}

std::vector<Move> moves(ComputeContext& c) {
  const auto rank = static_cast<int64_t>(c.output(0).rank());
  const auto axis = static_cast<size_t>(c.normalized_axis(c.node().int_or("axis", 1), rank));
  const std::vector<int64_t> to = strides_of(c.output(0));
  std::vector<Move> result;
  int64_t start = 0;
  for (size_t i = 0; i < c.input_count(); ++i) {
    const Tensor& x = c.input(i);
    result.push_back({i, 0, x.shape(), strides_of(x), to, 0, start * to[axis]});
    start += x.dim(axis);
  }
  return result;
}

}  // namespace

extern const Operator op_Concat = {
    .name = "Concat",
    .domain = "",
    .infer = infer,
    .compute = compute_moves<moves>,
    .traits = {.positively_homogeneous = true, .joins_inputs = true, .quantizable = true},
    .prepare = prepare_moves<moves, kNoParameters>,
};

}  // namespace edgeopt
