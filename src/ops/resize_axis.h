// How Resize maps one axis: for each output place, the input places it is made of and their
// weights.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/format.h"
#include "edgeopt/graph.h"

namespace edgeopt {

// What Resize's attributes say, the same for every axis.
struct ResizeForm {
  enum class Mode { kNearest, kLinear, kCubic };
  Mode mode = Mode::kNearest;
  std::string coordinates = "half_pixel";      // coordinate_transformation_mode
  std::string nearest = "round_prefer_floor";  // nearest_mode
  float cubic_a = -0.75F;
  bool exclude_outside = false;
  bool antialias = false;
};

// The attributes of Resize (opset 11 on); of Upsample and Resize before opset 11, which had none
// but the mode. Error(kBadInput) naming `where` on a value that ONNX does not know.
ResizeForm resize_form(const Node& node, int64_t opset, const std::string& where);

struct ResizeAxis {
  int64_t from = 1;  // lengths
  int64_t to = 1;
  float scale = 1.0F;
  float roi_start = 0.0F;
  float roi_end = 1.0F;
};

// Where output place `i` lies in the input, in units of input elements.
float original_place(const ResizeForm& form, const ResizeAxis& axis, int64_t i);

// For nearest: the input index of each output place.
std::vector<int64_t> nearest_places(const ResizeForm& form, const ResizeAxis& axis);

// For linear and cubic: `count` taps for each output place, one after the other.
struct Taps {
  size_t count = 0;
  std::vector<int64_t> places;  // inside the input
  std::vector<float> weights;
};
Taps taps_of(const ResizeForm& form, const ResizeAxis& axis);

// Output places that lie outside the input, for tf_crop_and_resize; else none.
std::vector<bool> outside_places(const ResizeForm& form, const ResizeAxis& axis);

}  // namespace edgeopt
