// Expand, Tile: elements repeated.
#include <array>

#include "base/format.h"
#include "ops/broadcast.h"
#include "ops/strided_moves.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

void infer_expand(InferContext& c) {
  const std::array<Shape, 2> shapes = {c.shape(0), c.ints(1)};
  const std::optional<Shape> shape = broadcast(shapes);
  if (!shape) {
    c.bad(format("shape {} does not broadcast to {}", to_string(shapes[0]), to_string(shapes[1])));
  }
  c.set_output(0, c.type(0), *shape);
}

std::vector<Move> moves_of_expand(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Tensor& y = c.output(0);
  const std::vector<int64_t> from = strides_of(x);
  Move move{0, 0, y.shape(), std::vector<int64_t>(y.rank(), 0), strides_of(y)};
  const size_t added = y.rank() - x.rank();
  for (size_t i = 0; i < x.rank(); ++i) {
    if (x.dim(i) != 1) move.from[i + added] = from[i];
  }
  return {move};
}

void infer_tile(InferContext& c) {
  Shape shape = c.shape(0);
  const std::vector<int64_t> repeats = c.ints(1);
  if (repeats.size() != shape.size()) {
    c.bad(format("has {} repeats for {} axes", repeats.size(), shape.size()));
  }
  for (size_t i = 0; i < shape.size(); ++i) {
    if (repeats[i] < 0) c.bad(format("repeats an axis {} times", repeats[i]));
    shape[i] = axis_product(shape[i], repeats[i]);
  }
  c.set_output(0, c.type(0), std::move(shape));
}

std::vector<Move> moves_of_tile(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const std::vector<int64_t> from = strides_of(x);
  const std::vector<int64_t> to = strides_of(c.output(0));
  const std::vector<int64_t> repeats = c.ints(1);
  Move move;
  for (size_t i = 0; i < x.rank(); ++i) {
    move.shape.insert(move.shape.end(), {repeats[i], x.dim(i)});
    move.from.insert(move.from.end(), {0, from[i]});
    move.to.insert(move.to.end(), {x.dim(i) * to[i], to[i]});
  }
  return {move};
}

constexpr OpTraits kMoves = {
    .positively_homogeneous = true, .data_movement = true, .quantizable = true};

}  // namespace

extern const Operator op_Expand = {.name = "Expand",
                                   .domain = "",
                                   .infer = infer_expand,
                                   .compute = compute_moves<moves_of_expand>,
                                   .traits = kMoves,
                                   .prepare = prepare_moves<moves_of_expand>};
extern const Operator op_Tile = {.name = "Tile",
                                 .domain = "",
                                 .infer = infer_tile,
                                 .compute = compute_moves<moves_of_tile>,
                                 .traits = kMoves,
                                 .prepare = prepare_moves<moves_of_tile>};

}  // namespace edgeopt
