// Slice: a range of each axis, with a step.
#include <algorithm>

#include "base/format.h"
#include "ops/op.h"
#include "ops/strided_moves.h"

namespace edgeopt {
namespace {

struct Range {
  int64_t start = 0;
  int64_t step = 1;
  int64_t count = 0;
};

// start:end:step of an axis of `length`, as Python reads it.
Range python_range(int64_t start, int64_t end, int64_t step, int64_t length) {
  const int64_t low = step > 0 ? 0 : -1;
  const int64_t high = step > 0 ? length : length - 1;
  // A negative bound counts from the end; sums cannot overflow, as only negative ones are added to.
  start = std::clamp(start < 0 ? start + length : start, low, high);
  end = std::clamp(end < 0 ? end + length : end, low, high);
  const int64_t span = step > 0 ? end - start : start - end;
  if (span <= 0) return {start, step, 0};
  // Unsigned, because the step may be the lowest integer.
  const uint64_t size = step > 0 ? static_cast<uint64_t>(step) : 0 - static_cast<uint64_t>(step);
  return {start, step, static_cast<int64_t>((static_cast<uint64_t>(span) - 1) / size) + 1};
}

// One range for each axis. Bounds are inputs; attributes before opset 10.
template <typename Context>
std::vector<Range> ranges(const Context& c, const Shape& shape) {
  const bool attributes = c.node().find_attribute("starts") != nullptr;
  const std::vector<int64_t> starts = attributes ? c.lengths("starts") : c.ints(1);
  const std::vector<int64_t> ends = attributes ? c.lengths("ends") : c.ints(2);
  std::vector<int64_t> axes;
  for (size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<int64_t>(i));
  axes = c.axes(3).value_or(axes);
  const std::vector<int64_t> steps =
      !attributes && c.has_input(4) ? c.ints(4) : std::vector<int64_t>(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    c.bad("starts, ends, axes and steps are not equally many");
  }
  std::vector<Range> result;
  for (const int64_t dim : shape) result.push_back({0, 1, dim});
  for (size_t i = 0; i < starts.size(); ++i) {
    const int64_t axis = c.normalized_axis(axes[i], static_cast<int64_t>(shape.size()));
    if (steps[i] == 0) c.bad("has a step of 0");
    const auto at = static_cast<size_t>(axis);
    result[at] = python_range(starts[i], ends[i], steps[i], shape[at]);
  }
  return result;
}

void infer(InferContext& c) {
  Shape shape;
  for (const Range& range : ranges(c, c.shape(0))) shape.push_back(range.count);
  c.set_output(0, c.type(0), std::move(shape));
}

std::vector<Move> moves(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Tensor& y = c.output(0);
  Move move{0, 0, y.shape(), strides_of(x), strides_of(y)};
  size_t axis = 0;
  for (const Range& range : ranges(c, x.shape())) {
    move.from_offset += range.start * move.from[axis];
    if (range.count > 1) move.from[axis] *= range.step;
    ++axis;
  }
  return {move};
}

}  // namespace

extern const Operator op_Slice = {
    .name = "Slice",
    .domain = "",
    .infer = infer,
    .compute = compute_moves<moves>,
    .traits = {.positively_homogeneous = true, .data_movement = true, .quantizable = true},
    .prepare = prepare_moves<moves>,
};

}  // namespace edgeopt
