// Pad: elements added before and after each axis: a constant, the edge, a reflection or a wrap.
#include <algorithm>
#include <cstdlib>

#include "base/format.h"
#include "ops/movement.h"
#include "ops/op.h"
#include "ops/strided_moves.h"
#include "tensor/dispatch.h"
#include "tensor/limits.h"
#include "tensor/to_integer.h"

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
    pads = c.lengths("pads");
  } else if (c.node().find_attribute("paddings") != nullptr) {
    pads = c.lengths("paddings");  // opset 1
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
    if (std::max(std::abs(pads.before[i]), std::abs(pads.after[i])) >= kLongestAxis) {
      c.bad(format("pads axis {} by {} and {}", i, pads.before[i], pads.after[i]));
    }
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
    if (c.input(2).type() != c.input(0).type()) c.bad("the constant is of another type");
    return c.input(2);
  }
  const float value = c.node().float_or("value", 0.0F);
  const DataType type = c.input(0).type();
  if (value == 0.0F) return {};
  Tensor one(type, {});
  const bool known = dispatch(type, NumericTypes(), [&]<typename T>(std::type_identity<T>) {
    *one.mutable_data<T>() = static_cast<T>(to_number<Wide<T>>(value));
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

// What stays of the input, behind margins of zeros.
std::vector<Move> moves(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Tensor& y = c.output(0);
  const Margins pads = margins(c, x.rank());
  Move move{0, 0, {}, strides_of(x), strides_of(y)};
  for (size_t axis = 0; axis < x.rank(); ++axis) {
    const int64_t before = pads.before[axis];
    const int64_t length =
        x.dim(axis) + std::min<int64_t>(before, 0) + std::min<int64_t>(pads.after[axis], 0);
    move.shape.push_back(std::max<int64_t>(length, 0));
    move.from_offset += std::max<int64_t>(-before, 0) * move.from[axis];
    move.to_offset += std::max<int64_t>(before, 0) * move.to[axis];
  }
  return {move};
}

bool has_constant_mode(const Node& node) {
  return node.string_or("mode", "constant") == "constant";
}

// What the node pads with, given as input 2 or not; `value` is nullptr where it is not known.
bool is_zero(const Node& node, bool given, const Tensor* value) {
  if (node.float_or("value", 0.0F) != 0) return false;
  if (!given) return true;
  if (value == nullptr || value->size() != 1) return false;
  const auto* bytes = value->data<char>();
  return std::all_of(bytes, bytes + value->byte_size(), [](char b) { return b == 0; });
}

std::unique_ptr<Kernel> prepare(const PrepareContext& c) {
  if (!has_constant_mode(*c.node)) return nullptr;
  const bool given = c.inputs.size() > 2 && c.inputs[2].type != DataType::kUndefined;
  if (!is_zero(*c.node, given, given ? c.inputs[2].constant : nullptr)) return nullptr;
  return plan_moves(c, moves, 1, true);
}

bool moves_only(const Graph& graph, const Node& node) {
  if (!has_constant_mode(node)) return true;
  const ValueId value = node.inputs.size() > 2 ? node.inputs[2] : ValueId{};
  return is_zero(node, value.valid(), graph.constant(value));
}

}  // namespace

extern const Operator op_Pad = {
    .name = "Pad",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.data_movement = true, .quantizable = true},
    .prepare = prepare,
    .moves_only = moves_only,
};

}  // namespace edgeopt
