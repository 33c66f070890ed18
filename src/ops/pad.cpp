// Pad: elements added before and after each axis: a constant, the edge, a reflection or a wrap.
#include "base/format.h"
#include "ops/movement.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

struct Margins {
  std::vector<int64_t> before;
  std::vector<int64_t> after;
};

// Pads are input 1 with axes in input 3 from opset 18; attributes before opset 11. Negative ones
// crop.
template <typename Context>
Margins margins(const Context& c, size_t rank) {
  std::vector<int64_t> pads;
  if (c.node().find_attribute("pads") != nullptr) {
    pads = c.node().ints_or("pads", {});
  } else if (c.node().find_attribute("paddings") != nullptr) {
    pads = c.node().ints_or("paddings", {});  // opset 1
  } else {
    pads = c.ints(1);
  }
  std::vector<int64_t> axes;
  for (size_t i = 0; i < rank; ++i) axes.push_back(static_cast<int64_t>(i));
  if (c.has_input(3)) axes = c.ints(3);
  if (pads.size() != 2 * axes.size()) {
    c.bad(format("has {} pads for {} axes", pads.size(), axes.size()));
  }
  Margins result{std::vector<int64_t>(rank, 0), std::vector<int64_t>(rank, 0)};
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<size_t>(c.normalized_axis(axes[i], static_cast<int64_t>(rank)));
    result.before[axis] = pads[i];
    result.after[axis] = pads[i + axes.size()];
  }
  return result;
}

void infer(InferContext& c) {
  Shape shape = c.shape(0);
  const Margins pads = margins(c, shape.size());
  for (size_t i = 0; i < shape.size(); ++i) {
    const int64_t padded = shape[i] + pads.before[i] + pads.after[i];
    if (padded < 0) c.bad(format("crops more than all of axis {}", i));
    shape[i] = padded;
  }
  c.set_output(0, c.type(0), std::move(shape));
}

// Where the output element at `place` of the input's line comes from; -1: it is the constant.
int64_t source(const std::string& mode, int64_t place, int64_t length) {
  if (place >= 0 && place < length) return place;
  if (mode == "constant" || length == 0) return -1;
  if (mode == "edge") return place < 0 ? 0 : length - 1;
  if (mode == "wrap") return (place % length + length) % length;
  if (length == 1) return 0;
  const int64_t period = 2 * (length - 1);
  const int64_t inside = (place % period + period) % period;
  return inside < length ? inside : period - inside;
}

Tensor constant(const ComputeContext& c) {
  if (c.has_input(2)) {
    if (c.input(2).size() != 1) c.bad("the constant is not one element");
    return c.input(2);
  }
  const float value = c.node().float_or("value", 0.0F);
  const DataType type = c.input(0).type();
  if (value == 0.0F) return {};
  Tensor one(type, {});
  const bool known = dispatch(type, NumericTypes(), [&]<typename T>(std::type_identity<T>) {
    *one.mutable_data<T>() = static_cast<T>(value);
  });
  if (!known) c.unsupported("type " + name_of(type));
  return one;
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const std::string mode = c.node().string_or("mode", "constant");
  if (mode != "constant" && mode != "edge" && mode != "reflect" && mode != "wrap") {
    c.unsupported("mode " + mode);
  }
  const Margins pads = margins(c, x.rank());
  std::vector<std::vector<int64_t>> maps(x.rank());
  for (size_t axis = 0; axis < maps.size(); ++axis) {
    for (int64_t i = 0; i < c.output(0).dim(axis); ++i) {
      maps[axis].push_back(source(mode, i - pads.before[axis], x.dim(axis)));
    }
  }
  if (!copy_mapped(x, maps, c.output(0), constant(c))) {
    c.unsupported("type " + name_of(x.type()));
  }
}

}  // namespace

extern const Operator op_Pad = {
    .name = "Pad",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.data_movement = true, .quantizable = true},
};

}  // namespace edgeopt
