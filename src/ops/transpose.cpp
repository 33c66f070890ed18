// Transpose: axes in another order.
#include "base/format.h"
#include "ops/op.h"
#include "ops/strided_moves.h"

namespace edgeopt {
namespace {

// The input axis that each output axis walks along; all in reverse by default. Passes and the
// engine read `perm` too, and need axes of zero and more, as ONNX has them.
template <typename Context>
std::vector<size_t> permutation(const Context& c, size_t rank) {
  std::vector<int64_t> reversed;
  for (size_t i = rank; i-- > 0;) reversed.push_back(static_cast<int64_t>(i));
  const std::vector<int64_t> perm = c.node().ints_or("perm", reversed);
  std::vector<bool> seen(rank, false);
  std::vector<size_t> result;
  for (const int64_t axis : perm) {
    if (axis < 0 || axis >= static_cast<int64_t>(rank)) c.bad(format("perm names axis {}", axis));
    const auto at = static_cast<size_t>(axis);
    if (seen[at]) c.bad(format("perm names axis {} twice", at));
    seen[at] = true;
    result.push_back(at);
  }
  if (result.size() != rank) c.bad(format("perm does not name all {} axes", rank));
  return result;
}

void infer(InferContext& c) {
  const Shape& from = c.shape(0);
  Shape to;
  for (const size_t axis : permutation(c, from.size())) to.push_back(from[axis]);
  c.set_output(0, c.type(0), std::move(to));
}

std::vector<Move> moves(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Tensor& y = c.output(0);
  const std::vector<int64_t> from = strides_of(x);
  Move move{0, 0, y.shape(), {}, strides_of(y)};
  for (const size_t axis : permutation(c, x.rank())) move.from.push_back(from[axis]);
  return {move};
}

}  // namespace

extern const Operator op_Transpose = {
    .name = "Transpose",
    .domain = "",
    .infer = infer,
    .compute = compute_moves<moves>,
    .traits = {.positively_homogeneous = true, .data_movement = true, .quantizable = true},
    .prepare = prepare_moves<moves>,
};

}  // namespace edgeopt
