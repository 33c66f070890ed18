// Expand, Tile: elements repeated.
#include <array>

#include "base/format.h"
#include "ops/broadcast.h"
#include "ops/movement.h"

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

void compute_expand(ComputeContext& c) {
  const Tensor& x = c.input(0);
  Tensor& y = c.output(0);
  Strided at{y.shape(), std::vector<int64_t>(y.rank(), 0)};
  const std::vector<int64_t> strides = row_major_strides(x.shape());
  const size_t added = y.rank() - x.rank();
  for (size_t i = 0; i < x.rank(); ++i) {
    if (x.dim(i) != 1) at.strides[i + added] = strides[i];
  }
  if (!copy_strided(x, at, y)) c.unsupported("type " + name_of(x.type()));
}

void infer_tile(InferContext& c) {
  Shape shape = c.shape(0);
  const std::vector<int64_t> repeats = c.ints(1);
  if (repeats.size() != shape.size()) {
    c.bad(format("has {} repeats for {} axes", repeats.size(), shape.size()));
  }
  for (size_t i = 0; i < shape.size(); ++i) {
    if (repeats[i] < 0) c.bad(format("repeats an axis {} times", repeats[i]));
    shape[i] *= repeats[i];
  }
  c.set_output(0, c.type(0), std::move(shape));
}

void compute_tile(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const std::vector<int64_t> strides = row_major_strides(x.shape());
  const std::vector<int64_t> repeats = c.ints(1);
  Strided at;
  for (size_t i = 0; i < x.rank(); ++i) {
    at.shape.insert(at.shape.end(), {repeats[i], x.dim(i)});
    at.strides.insert(at.strides.end(), {0, strides[i]});
  }
  if (!copy_strided(x, at, c.output(0))) c.unsupported("type " + name_of(x.type()));
}

constexpr OpTraits kMoves = {
    .positively_homogeneous = true, .data_movement = true, .quantizable = true};

}  // namespace

extern const Operator op_Expand = {.name = "Expand",
                                   .domain = "",
                                   .infer = infer_expand,
                                   .compute = compute_expand,
                                   .traits = kMoves};
extern const Operator op_Tile = {
    .name = "Tile", .domain = "", .infer = infer_tile, .compute = compute_tile, .traits = kMoves};

}  // namespace edgeopt
