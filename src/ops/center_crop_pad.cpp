// CenterCropPad: axes cropped or padded with zeros, evenly on both sides, to given lengths.
#include "base/format.h"
#include "ops/movement.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  Shape shape = c.shape(0);
  std::vector<int64_t> axes;
  for (int64_t i = 0; i < c.rank(0); ++i) axes.push_back(i);
  axes = c.node().ints_or("axes", axes);
  const std::vector<int64_t> lengths = c.ints(1);
  if (lengths.size() != axes.size()) {
    c.bad(format("has {} lengths for {} axes", lengths.size(), axes.size()));
  }
  for (size_t i = 0; i < axes.size(); ++i) {
    if (lengths[i] < 0) c.bad(format("has a length of {}", lengths[i]));
    shape[static_cast<size_t>(c.normalized_axis(axes[i], c.rank(0)))] = lengths[i];
  }
  c.set_output(0, c.type(0), std::move(shape));
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  std::vector<std::vector<int64_t>> maps(x.rank());
  for (size_t axis = 0; axis < x.rank(); ++axis) {
    const int64_t from = x.dim(axis);
    const int64_t to = c.output(0).dim(axis);
    const int64_t shift = to < from ? (from - to) / 2 : -((to - from) / 2);
    for (int64_t i = 0; i < to; ++i) {
      const int64_t place = i + shift;
      maps[axis].push_back(place >= 0 && place < from ? place : -1);
    }
  }
  if (!copy_mapped(x, maps, c.output(0))) c.unsupported("type " + name_of(x.type()));
}

}  // namespace

extern const Operator op_CenterCropPad = {
    .name = "CenterCropPad",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.positively_homogeneous = true, .data_movement = true},
};

}  // namespace edgeopt
