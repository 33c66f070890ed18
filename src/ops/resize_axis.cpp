#include "ops/resize_axis.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "tensor/limits.h"

namespace edgeopt {
namespace {

ResizeForm::Mode mode_of(const std::string& name, const std::string& where) {
  if (name == "nearest") return ResizeForm::Mode::kNearest;
  if (name == "linear" || name == "bilinear") return ResizeForm::Mode::kLinear;
  if (name == "cubic") return ResizeForm::Mode::kCubic;
  fail(ErrorCode::kBadInput, "{}: mode '{}' is not nearest, linear or cubic", where, name);
}

template <size_t kCount>
void one_of(const std::array<const char*, kCount>& known, const std::string& name,
            const std::string& where) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  fail(ErrorCode::kBadInput, "{}: '{}' is not a mode that ONNX knows", where, name);
}

int64_t nearest_place(const std::string& mode, float place) {
  const float low = std::floor(place);
  if (mode == "floor") return to_axis_length(double{low});
  if (mode == "ceil") return to_axis_length(double{std::ceil(place)});
  const float rest = place - low;
  const bool up = mode == "round_prefer_ceil" ? rest >= 0.5F : rest > 0.5F;
  return to_axis_length(double{low}) + (up ? 1 : 0);
}

// Keys' cubic convolution kernel.
double cubic(double x, double a) {
  x = std::fabs(x);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

double weight(const ResizeForm& form, double distance) {
  if (form.mode == ResizeForm::Mode::kCubic) return cubic(distance, form.cubic_a);
  return std::max(0.0, 1.0 - std::fabs(distance));
}

}  // namespace

ResizeForm resize_form(const Node& node, int64_t opset, const std::string& where) {
  ResizeForm form;
  form.mode = mode_of(node.string_or("mode", "nearest"), where);
  if (node.op_type == "Upsample" || opset < 11) {
    form.coordinates = "asymmetric";
    form.nearest = "floor";
    return form;
  }
  form.coordinates = node.string_or("coordinate_transformation_mode", form.coordinates);
  form.nearest = node.string_or("nearest_mode", form.nearest);
  form.cubic_a = node.float_or("cubic_coeff_a", form.cubic_a);
  form.exclude_outside = node.int_or("exclude_outside", 0) != 0;
  form.antialias = node.int_or("antialias", 0) != 0;
  one_of(std::array{"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners",
                    "asymmetric", "tf_crop_and_resize", "tf_half_pixel_for_nn"},
         form.coordinates, where);
  one_of(std::array{"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"}, form.nearest,
         where);
  return form;
}

float original_place(const ResizeForm& form, const ResizeAxis& axis, int64_t i) {
  const auto x = static_cast<float>(i);
  const auto from = static_cast<float>(axis.from);
  const auto to = static_cast<float>(axis.to);
  if (form.coordinates == "asymmetric") return x / axis.scale;
  if (form.coordinates == "align_corners") {
    return axis.to == 1 ? 0.0F : x * (from - 1) / (to - 1);
  }
  if (form.coordinates == "tf_half_pixel_for_nn") return (x + 0.5F) / axis.scale;
  if (form.coordinates == "tf_crop_and_resize") {
    if (axis.to == 1) return 0.5F * (axis.roi_start + axis.roi_end) * (from - 1);
    return axis.roi_start * (from - 1) +
           x * (axis.roi_end - axis.roi_start) * (from - 1) / (to - 1);
  }
  if (form.coordinates == "pytorch_half_pixel" && axis.to == 1) return 0.0F;
  const float place = (x + 0.5F) / axis.scale - 0.5F;
  if (form.coordinates != "half_pixel_symmetric") return place;
  const float stretch = to / (axis.scale * from);
  return from / 2 * (1 - stretch) + place;
}

std::vector<int64_t> nearest_places(const ResizeForm& form, const ResizeAxis& axis) {
  std::vector<int64_t> places;
  for (int64_t i = 0; i < axis.to; ++i) {
    const int64_t place = nearest_place(form.nearest, original_place(form, axis, i));
    places.push_back(std::clamp<int64_t>(place, 0, axis.from - 1));
  }
  return places;
}

Taps taps_of(const ResizeForm& form, const ResizeAxis& axis) {
  // With antialiasing the kernel is stretched over all the input that an output element covers.
  const double squeeze = form.antialias ? std::min(1.0F, axis.scale) : 1.0F;
  const double reach = (form.mode == ResizeForm::Mode::kCubic ? 2.0 : 1.0) / squeeze;
  const auto left = static_cast<int64_t>(std::floor(-reach)) + 1;
  Taps taps{static_cast<size_t>(2 - 2 * left), {}, {}};
  std::vector<double> weights(taps.count);
  for (int64_t i = 0; i < axis.to; ++i) {
    const double place = original_place(form, axis, i);
    const double low = std::floor(place);
    double total = 0;
    for (size_t k = 0; k < taps.count; ++k) {
      const double at = low + static_cast<double>(left + static_cast<int64_t>(k));
      const bool outside = at < 0 || at > static_cast<double>(axis.from - 1);
      weights[k] = weight(form, (at - place) * squeeze);
      if (outside && form.exclude_outside) weights[k] = 0;
      total += weights[k];
      taps.places.push_back(to_axis_length(
          std::clamp(at, 0.0, static_cast<double>(std::max<int64_t>(axis.from - 1, 0)))));
    }
    const bool rescaled = (form.antialias || form.exclude_outside) && total != 0;
    for (const double w : weights) {
      taps.weights.push_back(static_cast<float>(rescaled ? w / total : w));
    }
  }
  return taps;
}

std::vector<bool> outside_places(const ResizeForm& form, const ResizeAxis& axis) {
  std::vector<bool> outside(static_cast<size_t>(axis.to), false);
  if (form.coordinates != "tf_crop_and_resize") return outside;
  for (int64_t i = 0; i < axis.to; ++i) {
    const float place = original_place(form, axis, i);
    outside[static_cast<size_t>(i)] = place < 0 || place > static_cast<float>(axis.from - 1);
  }
  return outside;
}

}  // namespace edgeopt
