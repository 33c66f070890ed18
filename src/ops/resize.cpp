// Resize, Upsample: each axis resampled, by nearest neighbour, linear or cubic interpolation.
#include <algorithm>
#include <cmath>
#include <optional>

#include "base/format.h"
#include "ops/axis.h"
#include "ops/movement.h"
#include "ops/op.h"
#include "ops/resize_axis.h"
#include "ops/strided_moves.h"
#include "tensor/dispatch.h"
#include "tensor/limits.h"
#include "tensor/to_integer.h"

namespace edgeopt {
namespace {

// The axes that scales, sizes and roi speak of: all, or those of the attribute.
template <typename Context>
std::vector<size_t> resized_axes(const Context& c, size_t rank) {
  std::vector<size_t> result;
  if (c.node().find_attribute("axes") == nullptr) {
    for (size_t i = 0; i < rank; ++i) result.push_back(i);
    return result;
  }
  for (const int64_t axis : c.node().ints_or("axes", {})) {
    result.push_back(static_cast<size_t>(c.normalized_axis(axis, static_cast<int64_t>(rank))));
  }
  return result;
}

template <typename Context>
std::vector<float> scales(const Context& c) {
  const Node& node = c.node();
  if (node.find_attribute("scales") != nullptr) return node.floats_or("scales", {});
  if (node.find_attribute("height_scale") != nullptr) {  // Upsample-1, of an image
    return {1, 1, node.float_or("height_scale", 1), node.float_or("width_scale", 1)};
  }
  const bool old = node.op_type == "Upsample" || c.opset() < 11;
  const size_t input = old ? 1 : 2;
  return c.has_input(input) ? c.floats(input) : std::vector<float>{};
}

template <typename Context>
std::vector<float> region(const Context& c) {
  const bool crops = c.opset() >= 11 && c.node().string_or("coordinate_transformation_mode", "") ==
                                            "tf_crop_and_resize";
  if (!crops) return {};
  return c.has_input(1) ? c.floats(1) : std::vector<float>{};
}

// Sizes given: the scale follows, one for all axes if the aspect ratio is kept.
template <typename Context>
void apply_sizes(const Context& c, const std::vector<size_t>& axes, std::vector<ResizeAxis>& all) {
  const std::vector<int64_t> sizes = c.ints(3);
  if (sizes.size() != axes.size()) c.bad("sizes and axes are not equally many");
  const std::string policy = c.node().string_or("keep_aspect_ratio_policy", "stretch");
  float common = 0;
  for (size_t i = 0; i < axes.size(); ++i) {
    ResizeAxis& axis = all[axes[i]];
    if (sizes[i] < 0 || (axis.from == 0 && sizes[i] > 0)) c.bad("a size does not fit the input");
    axis.to = sizes[i];
    axis.scale =
        axis.from == 0 ? 1.0F : static_cast<float>(sizes[i]) / static_cast<float>(axis.from);
    const bool smaller = policy == "not_larger" ? axis.scale < common : axis.scale > common;
    if (i == 0 || smaller) common = axis.scale;
  }
  if (policy == "stretch") return;
  for (const size_t at : axes) {
    all[at].scale = common;
    all[at].to =
        to_axis_length(std::floor(double{common * static_cast<float>(all[at].from)} + 0.5));
  }
}

template <typename Context>
std::vector<ResizeAxis> plan(const Context& c, const Shape& shape) {
  std::vector<ResizeAxis> all;
  for (const int64_t dim : shape) all.push_back({dim, dim});
  const std::vector<size_t> axes = resized_axes(c, shape.size());
  const std::vector<float> given = scales(c);
  if (!given.empty()) {
    if (given.size() != axes.size()) c.bad("scales and axes are not equally many");
    for (size_t i = 0; i < axes.size(); ++i) {
      ResizeAxis& axis = all[axes[i]];
      if (!(given[i] > 0)) c.bad(format("has a scale of {}", given[i]));
      const float length = std::floor(static_cast<float>(axis.from) * given[i]);
      if (!(length < 1e9F)) c.bad(format("scale {} makes an axis too long", given[i]));
      axis.scale = given[i];
      axis.to = static_cast<int64_t>(length);
    }
  } else if (c.opset() >= 11 && c.has_input(3)) {
    apply_sizes(c, axes, all);
  } else {
    c.bad("has neither scales nor sizes");
  }
  const std::vector<float> roi = region(c);
  if (!roi.empty() && roi.size() != 2 * axes.size()) c.bad("roi does not fit its axes");
  for (size_t i = 0; i < axes.size() && !roi.empty(); ++i) {
    all[axes[i]].roi_start = roi[i];
    all[axes[i]].roi_end = roi[i + axes.size()];
  }
  return all;
}

std::string where(const Node& node) { return node.op_type + " '" + node.name + "'"; }

void infer(InferContext& c) {
  resize_form(c.node(), c.opset(), where(c.node()));  // for what it may throw
  Shape shape;
  for (const ResizeAxis& axis : plan(c, c.shape(0))) shape.push_back(axis.to);
  c.set_output(0, c.type(0), std::move(shape));
}

void nearest(ComputeContext& c, const ResizeForm& form, const std::vector<ResizeAxis>& axes) {
  std::vector<std::vector<int64_t>> maps;
  for (const ResizeAxis& axis : axes) {
    std::vector<int64_t> places = nearest_places(form, axis);
    const std::vector<bool> outside = outside_places(form, axis);
    for (size_t i = 0; i < places.size(); ++i) places[i] = outside[i] ? -1 : places[i];
    maps.push_back(std::move(places));
  }
  const float value = c.node().float_or("extrapolation_value", 0.0F);
  const Tensor fill = c.input(0).type() == DataType::kFloat ? Tensor::scalar(value) : Tensor();
  if (!copy_mapped(c.input(0), maps, c.output(0), fill)) {
    c.unsupported("type " + name_of(c.input(0).type()));
  }
}

// For nearest: output places share an input place by `repeat`, and input places are `step` apart.
struct RegularAxis {
  int64_t start = 0;
  int64_t step = 1;
  int64_t repeat = 1;
  int64_t count = 1;
};

std::optional<RegularAxis> regular_axis(const std::vector<int64_t>& places) {
  RegularAxis axis;
  const auto length = static_cast<int64_t>(places.size());
  if (length == 0) return std::nullopt;
  axis.start = places[0];
  axis.repeat = std::find_if(places.begin(), places.end(),
                             [&](int64_t place) { return place != axis.start; }) -
                places.begin();
  if (length % axis.repeat != 0) return std::nullopt;
  axis.count = length / axis.repeat;
  if (axis.count > 1) axis.step = places[static_cast<size_t>(axis.repeat)] - axis.start;
  for (int64_t i = 0; i < length; ++i) {
    const int64_t place = axis.start + i / axis.repeat * axis.step;
    if (places[static_cast<size_t>(i)] != place) return std::nullopt;
  }
  return axis;
}

// Of nearest by whole factors, up or down; none for others.
std::vector<Move> moves(ComputeContext& c) {
  const ResizeForm form = resize_form(c.node(), c.opset(), where(c.node()));
  const bool crops = form.coordinates == "tf_crop_and_resize";
  if (form.mode != ResizeForm::Mode::kNearest || crops) return {};
  const Tensor& x = c.input(0);
  const std::vector<int64_t> from = strides_of(x);
  const std::vector<int64_t> to = strides_of(c.output(0));
  Move move;
  const std::vector<ResizeAxis> axes = plan(c, x.shape());
  for (size_t k = 0; k < axes.size(); ++k) {
    const auto axis = regular_axis(nearest_places(form, axes[k]));
    if (!axis) return {};
    move.from_offset += axis->start * from[k];
    move.shape.insert(move.shape.end(), {axis->count, axis->repeat});
    move.from.insert(move.from.end(), {axis->step * from[k], 0});
    move.to.insert(move.to.end(), {axis->repeat * to[k], to[k]});
  }
  return {move};
}

// One axis of `x` resampled.
template <typename W>
std::vector<W> resampled(const std::vector<W>& x, const AxisView& view, const Taps& taps) {
  const auto length = static_cast<int64_t>(taps.places.size() / taps.count);
  std::vector<W> y(static_cast<size_t>(view.outer * length * view.inner), W{0});
  W* to = y.data();
  for (int64_t o = 0; o < view.outer; ++o) {
    const W* block = x.data() + o * view.length * view.inner;
    for (size_t i = 0; i < static_cast<size_t>(length); ++i, to += view.inner) {
      for (size_t k = i * taps.count; k < (i + 1) * taps.count; ++k) {
        const W* from = block + taps.places[k] * view.inner;
        const W weight = taps.weights[k];
        if (weight == W{0}) continue;
        for (int64_t j = 0; j < view.inner; ++j) to[j] += weight * from[j];
      }
    }
  }
  return y;
}

bool unchanged(const Taps& taps, const ResizeAxis& axis) {
  if (axis.from != axis.to) return false;
  for (size_t i = 0; i < taps.places.size(); ++i) {
    const bool same = taps.places[i] == static_cast<int64_t>(i / taps.count);
    if (taps.weights[i] != 0 && !same) return false;
  }
  return true;
}

// The value for output elements that lie outside the cropped input, on any axis.
template <typename W>
void extrapolate(std::vector<W>& y, const Shape& shape, const std::vector<bool>& outside,
                 size_t axis, W value) {
  const AxisView view(shape, static_cast<int64_t>(axis));
  for (int64_t o = 0; o < view.outer; ++o) {
    for (int64_t i = 0; i < view.length; ++i) {
      if (!outside[static_cast<size_t>(i)]) continue;
      std::fill_n(y.begin() + (o * view.length + i) * view.inner, view.inner, value);
    }
  }
}

template <typename T>
void interpolate(ComputeContext& c, const ResizeForm& form, const std::vector<ResizeAxis>& axes) {
  using W = std::conditional_t<std::is_same_v<Wide<T>, float>, float, double>;
  const Tensor& x = c.input(0);
  std::vector<W> values;
  for (int64_t i = 0; i < x.size(); ++i) {
    values.push_back(static_cast<W>(static_cast<Wide<T>>(x.data<T>()[i])));
  }
  Shape shape = x.shape();
  for (size_t axis = 0; axis < axes.size(); ++axis) {
    const Taps taps = taps_of(form, axes[axis]);
    if (unchanged(taps, axes[axis])) continue;
    values = resampled(values, AxisView(shape, static_cast<int64_t>(axis)), taps);
    shape[axis] = axes[axis].to;
  }
  const auto value = static_cast<W>(c.node().float_or("extrapolation_value", 0.0F));
  for (size_t axis = 0; axis < axes.size(); ++axis) {
    extrapolate(values, shape, outside_places(form, axes[axis]), axis, value);
  }
  T* to = c.output(0).mutable_data<T>();
  for (const W v : values) *to++ = static_cast<T>(to_number<Wide<T>>(v));
}

void compute(ComputeContext& c) {
  const ResizeForm form = resize_form(c.node(), c.opset(), where(c.node()));
  const std::vector<ResizeAxis> axes = plan(c, c.input(0).shape());
  if (c.output(0).size() == 0) return;
  if (form.mode == ResizeForm::Mode::kNearest) return nearest(c, form, axes);
  using Types = Joined<FloatTypes, TypeList<uint8_t, int8_t, int32_t>>;
  const bool known = dispatch(c.input(0).type(), Types(), [&]<typename T>(std::type_identity<T>) {
    interpolate<T>(c, form, axes);
  });
  if (!known) c.unsupported("type " + name_of(c.input(0).type()));
}

// Cubic weights overshoot, and what lies outside may be any value.
bool moves_only(const Graph&, const Node& node) {
  if (node.string_or("mode", "nearest") == "cubic") return false;
  return node.string_or("coordinate_transformation_mode", "") != "tf_crop_and_resize" ||
         node.float_or("extrapolation_value", 0.0F) == 0;
}

constexpr OpTraits kTraits = {
    .positively_homogeneous = true, .data_movement = true, .quantizable = true};

}  // namespace

extern const Operator op_Resize = {
    .name = "Resize",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = kTraits,
    .prepare = prepare_moves<moves>,
    .moves_only = moves_only,
};
extern const Operator op_Upsample = {
    .name = "Upsample",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = kTraits,
    .prepare = prepare_moves<moves>,
};

}  // namespace edgeopt
