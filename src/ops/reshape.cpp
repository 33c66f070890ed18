// Reshape, Flatten, Squeeze, Unsqueeze: another shape over the same elements.
#include <algorithm>

#include "base/format.h"
#include "ops/movement.h"
#include "ops/op.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

// 0 copies the input's dimension (unless `allowzero`), one -1 takes what is left.
Shape reshaped(const InferContext& c, const Shape& from, std::vector<int64_t> wanted) {
  const bool zero_is_zero = c.node().int_or("allowzero", 0) != 0;
  int64_t known = 1;
  auto open = wanted.end();
  for (auto dim = wanted.begin(); dim != wanted.end(); ++dim) {
    const auto at = static_cast<size_t>(dim - wanted.begin());
    if (*dim == 0 && !zero_is_zero) {
      if (at >= from.size()) c.bad(format("the target dimension {} has nothing to copy", at));
      *dim = from[at];
    }
    if (*dim == -1) {
      if (open != wanted.end()) c.bad("the target shape has more than one -1");
      open = dim;
    } else if (*dim < 0) {
      c.bad(format("the target shape has dimension {}", *dim));
    } else {
      known = axis_product(known, *dim);
    }
  }
  const int64_t total = element_count(from);
  if (open != wanted.end()) {
    if (known == 0 || total % known != 0) {
      c.bad(format("{} elements do not divide by {}", total, known));
    }
    *open = total / known;
    known = total;
  }
  if (known != total) {
    c.bad(format("shape {} does not fit into {}", to_string(from), to_string(wanted)));
  }
  return wanted;
}

void infer_reshape(InferContext& c) {
  const bool attribute = c.node().find_attribute("shape") != nullptr;  // opset 1 to 4
  const std::vector<int64_t> wanted = attribute ? c.lengths("shape") : c.ints(1);
  c.set_output(0, c.type(0), reshaped(c, c.shape(0), wanted));
}

void infer_flatten(InferContext& c) {
  const Shape& shape = c.shape(0);
  int64_t axis = c.node().int_or("axis", 1);
  if (axis < -c.rank(0) || axis > c.rank(0)) c.bad(format("axis {} is out of range", axis));
  if (axis < 0) axis += c.rank(0);
  Shape flat = {1, 1};
  for (size_t i = 0; i < shape.size(); ++i) flat[int64_t(i) < axis ? 0 : 1] *= shape[i];
  c.set_output(0, c.type(0), std::move(flat));
}

// One flag for each dimension of a tensor of that rank.
std::vector<bool> marked(const InferContext& c, const std::vector<int64_t>& axes, int64_t rank) {
  std::vector<bool> flags(static_cast<size_t>(rank), false);
  for (const int64_t axis : axes) {
    const auto at = static_cast<size_t>(c.normalized_axis(axis, rank));
    if (flags[at]) c.bad(format("axis {} is given twice", axis));
    flags[at] = true;
  }
  return flags;
}

void infer_squeeze(InferContext& c) {
  const Shape& shape = c.shape(0);
  const auto axes = c.axes(1);
  const std::vector<bool> removed =
      axes ? marked(c, *axes, c.rank(0)) : std::vector<bool>(shape.size(), false);
  Shape kept;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (removed[i] && shape[i] != 1) {
      c.bad(format("dimension {} of shape {} is not 1", i, to_string(shape)));
    }
    if (axes ? !removed[i] : shape[i] != 1) kept.push_back(shape[i]);
  }
  c.set_output(0, c.type(0), std::move(kept));
}

void infer_unsqueeze(InferContext& c) {
  const Shape& shape = c.shape(0);
  const auto axes = c.axes(1);
  if (!axes) c.bad("has no axes");
  const auto rank = static_cast<int64_t>(shape.size() + axes->size());
  const std::vector<bool> added = marked(c, *axes, rank);
  Shape grown;
  auto next = shape.begin();
  for (const bool one : added) grown.push_back(one ? 1 : *next++);
  c.set_output(0, c.type(0), std::move(grown));
}

void compute(ComputeContext& c) { copy_elements(c.input(0), c.output(0)); }

constexpr OpTraits kMoves = {.positively_homogeneous = true,
                             .data_movement = true,
                             .same_elements = true,
                             .quantizable = true};

}  // namespace

extern const Operator op_Reshape = {
    .name = "Reshape", .domain = "", .infer = infer_reshape, .compute = compute, .traits = kMoves};
extern const Operator op_Flatten = {
    .name = "Flatten", .domain = "", .infer = infer_flatten, .compute = compute, .traits = kMoves};
extern const Operator op_Squeeze = {
    .name = "Squeeze", .domain = "", .infer = infer_squeeze, .compute = compute, .traits = kMoves};
extern const Operator op_Unsqueeze = {.name = "Unsqueeze",
                                      .domain = "",
                                      .infer = infer_unsqueeze,
                                      .compute = compute,
                                      .traits = kMoves};

}  // namespace edgeopt
