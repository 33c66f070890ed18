// Split: one tensor cut into several along one axis.
#include <algorithm>
#include <numeric>

#include "base/format.h"
#include "ops/op.h"
#include "ops/strided_moves.h"

namespace edgeopt {
namespace {

// Given sizes (input 1, or the attribute before opset 13), else equal parts, the last one smaller
// when they do not divide.
template <typename Context>
std::vector<int64_t> part_sizes(const Context& c, int64_t length) {
  std::vector<int64_t> sizes = c.has_input(1) ? c.ints(1) : c.lengths("split");
  const auto parts = static_cast<int64_t>(c.node().outputs.size());
  if (sizes.empty()) {
    const int64_t wanted = c.node().int_or("num_outputs", parts);
    if (wanted != parts) c.bad(format("num_outputs is {} but it has {} outputs", wanted, parts));
    const int64_t size = (length + parts - 1) / parts;
    for (int64_t i = 0; i < parts; ++i) {
      sizes.push_back(std::min(size, std::max<int64_t>(length - i * size, 0)));
    }
  }
  for (const int64_t size : sizes) {
    if (size < 0 || size > length) c.bad(format("has a part of size {}", size));
  }
  if (static_cast<int64_t>(sizes.size()) != parts) {
    c.bad(format("has {} sizes for {} outputs", sizes.size(), parts));
  }
  if (std::accumulate(sizes.begin(), sizes.end(), int64_t{0}) != length) {
    c.bad(format("the sizes do not add up to {}", length));
  }
  return sizes;
}

void infer(InferContext& c) {
  Shape shape = c.shape(0);
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", 0), c.rank(0));
  int64_t& dim = shape[static_cast<size_t>(axis)];
  const std::vector<int64_t> sizes = part_sizes(c, dim);
  for (size_t i = 0; i < sizes.size(); ++i) {
    dim = sizes[i];
    c.set_output(i, c.type(0), shape);
  }
}

std::vector<Move> moves(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const auto rank = static_cast<int64_t>(x.rank());
  const auto axis = static_cast<size_t>(c.normalized_axis(c.node().int_or("axis", 0), rank));
  const std::vector<int64_t> from = strides_of(x);
  const std::vector<int64_t> sizes = part_sizes(c, x.dim(axis));
  std::vector<Move> result;
  int64_t start = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (c.has_output(i)) {
      const Tensor& y = c.output(i);
      result.push_back({0, i, y.shape(), from, strides_of(y), start * from[axis], 0});
    }
    start += sizes[i];
  }
  return result;
}

}  // namespace

extern const Operator op_Split = {
    .name = "Split",
    .domain = "",
    .infer = infer,
    .compute = compute_moves<moves>,
    .traits = {.positively_homogeneous = true, .data_movement = true, .quantizable = true},
    .prepare = prepare_moves<moves>,
};

}  // namespace edgeopt
