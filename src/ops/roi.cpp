// RoiAlign, MaxRoiPool: a small image from each region of interest.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/format.h"
#include "ops/op.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

// For one output element. More than that is a mistake, or means to keep the machine busy.
constexpr int64_t kMostSamples = 1 << 20;

void floats_only(const InferContext& c, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (c.type(i) != DataType::kFloat) c.unsupported("type " + name_of(c.type(i)));
  }
}

void infer_align(InferContext& c) {
  floats_only(c, 2);
  const Node& node = c.node();
  const Shape& rois = c.shape(1);
  if (c.rank(0) != 4 || rois.size() != 2 || rois[1] != 4 || c.shape(2) != Shape{rois[0]}) {
    c.bad("inputs are not an image, [regions, 4] and [regions]");
  }
  if (c.shape(0)[2] < 1 || c.shape(0)[3] < 1) c.bad("its image is empty");
  const std::string mode = node.string_or("mode", "avg");
  if (mode != "avg" && mode != "max") c.bad("mode is '" + mode + "', not avg or max");
  const int64_t height = node.int_or("output_height", 1);
  const int64_t width = node.int_or("output_width", 1);
  if (height < 1 || width < 1) c.bad("its output is empty");
  c.set_output(0, c.type(0), {rois[0], c.shape(0)[1], height, width});
}

// Four neighbours and their weights; of weight 0 where the place is far outside.
struct Bilinear {
  int64_t places[4] = {0, 0, 0, 0};
  float weights[4] = {0, 0, 0, 0};
};

Bilinear bilinear(float y, float x, int64_t height, int64_t width) {
  Bilinear result;
  const bool near = y >= -1 && y <= static_cast<float>(height) && x >= -1 &&
                    x <= static_cast<float>(width);  // NaN is not
  if (!near) return result;
  y = std::clamp(y, 0.0F, static_cast<float>(height - 1));
  x = std::clamp(x, 0.0F, static_cast<float>(width - 1));
  const auto top = static_cast<int64_t>(y);
  const auto left = static_cast<int64_t>(x);
  const int64_t bottom = std::min(top + 1, height - 1);
  const int64_t right = std::min(left + 1, width - 1);
  const float down = y - static_cast<float>(top);
  const float across = x - static_cast<float>(left);
  return {{top * width + left, top * width + right, bottom * width + left, bottom * width + right},
          {(1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across}};
}

struct Region {
  float y = 0, x = 0;             // of the first corner
  float height = 0, width = 0;    // of one output element
  int64_t rows = 1, columns = 1;  // samples in one output element
};

Region region_of(const ComputeContext& c, const float* roi) {
  const Node& node = c.node();
  const float scale = node.float_or("spatial_scale", 1.0F);
  const int64_t samples = node.int_or("sampling_ratio", 0);
  const auto height = static_cast<float>(c.output(0).dim(2));
  const auto width = static_cast<float>(c.output(0).dim(3));
  const bool half_pixel = c.opset() >= 16 && node.string_or("coordinate_transformation_mode",
                                                            "half_pixel") == "half_pixel";
  const float shift = half_pixel ? 0.5F : 0.0F;
  Region r;
  r.x = roi[0] * scale - shift;
  r.y = roi[1] * scale - shift;
  r.width = roi[2] * scale - shift - r.x;
  r.height = roi[3] * scale - shift - r.y;
  if (!half_pixel) {
    r.width = std::max(r.width, 1.0F);
    r.height = std::max(r.height, 1.0F);
  }
  r.width /= width;
  r.height /= height;
  r.rows = samples > 0 ? samples : to_axis_length(std::ceil(double{r.height}));
  r.columns = samples > 0 ? samples : to_axis_length(std::ceil(double{r.width}));
  if (axis_product(std::max<int64_t>(r.rows, 0), std::max<int64_t>(r.columns, 0)) > kMostSamples) {
    c.unsupported(format("{} by {} samples for an output element", r.rows, r.columns));
  }
  return r;
}

std::vector<Bilinear> samples_of(const Region& r, int64_t row, int64_t column, int64_t height,
                                 int64_t width) {
  std::vector<Bilinear> result;
  for (int64_t i = 0; i < r.rows; ++i) {
    const float down = (static_cast<float>(i) + 0.5F) / static_cast<float>(r.rows);
    for (int64_t k = 0; k < r.columns; ++k) {
      const float across = (static_cast<float>(k) + 0.5F) / static_cast<float>(r.columns);
      result.push_back(bilinear(r.y + (static_cast<float>(row) + down) * r.height,
                                r.x + (static_cast<float>(column) + across) * r.width, height,
                                width));
    }
  }
  return result;
}

float average(const float* plane, const std::vector<Bilinear>& samples) {
  float sum = 0;
  for (const Bilinear& s : samples) {
    for (size_t k = 0; k < 4; ++k) sum += s.weights[k] * plane[s.places[k]];
  }
  return sum / static_cast<float>(std::max<size_t>(samples.size(), 1));
}

// Of the weighted neighbours, not of the interpolated values: so ONNX defines it.
float largest(const float* plane, const std::vector<Bilinear>& samples) {
  float best = samples.empty() ? 0.0F : -std::numeric_limits<float>::infinity();
  for (const Bilinear& s : samples) {
    for (size_t k = 0; k < 4; ++k) best = std::max(best, s.weights[k] * plane[s.places[k]]);
  }
  return best;
}

void compute_align(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const std::vector<int64_t> batches = c.ints(2);
  const bool averages = c.node().string_or("mode", "avg") == "avg";
  const int64_t plane = x.dim(2) * x.dim(3);
  const int64_t rows = c.output(0).dim(2);
  const int64_t columns = c.output(0).dim(3);
  float* to = c.output(0).mutable_data<float>();
  for (size_t r = 0; r < batches.size(); ++r, to += x.dim(1) * rows * columns) {
    if (batches[r] < 0 || batches[r] >= x.dim(0)) c.bad(format("batch index {}", batches[r]));
    const Region region = region_of(c, c.input(1).data<float>() + 4 * r);
    const float* image = x.data<float>() + batches[r] * x.dim(1) * plane;
    for (int64_t i = 0; i < rows * columns; ++i) {
      const auto samples = samples_of(region, i / columns, i % columns, x.dim(2), x.dim(3));
      for (int64_t channel = 0; channel < x.dim(1); ++channel) {
        const float* from = image + channel * plane;
        to[channel * rows * columns + i] =
            averages ? average(from, samples) : largest(from, samples);
      }
    }
  }
}

void infer_pool(InferContext& c) {
  floats_only(c, 2);
  const std::vector<int64_t> size = c.lengths("pooled_shape");
  const Shape& rois = c.shape(1);
  if (c.rank(0) != 4 || rois.size() != 2 || rois[1] != 5 || size.size() != 2) {
    c.bad("inputs are not an image and [regions, 5], or pooled_shape is not two numbers");
  }
  c.set_output(0, c.type(0), {rois[0], c.shape(0)[1], size[0], size[1]});
}

// The part of an axis that output place `i` of `count` covers.
std::pair<int64_t, int64_t> bin(int64_t i, int64_t count, int64_t start, int64_t length,
                                int64_t limit) {
  const double size = static_cast<double>(length) / static_cast<double>(count);
  const auto first = static_cast<int64_t>(std::floor(static_cast<double>(i) * size));
  const auto last = static_cast<int64_t>(std::ceil(static_cast<double>(i + 1) * size));
  return {std::clamp<int64_t>(first + start, 0, limit),
          std::clamp<int64_t>(last + start, 0, limit)};
}

void compute_pool(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const float scale = c.node().float_or("spatial_scale", 1.0F);
  const Shape& y = c.output(0).shape();
  float* to = c.output(0).mutable_data<float>();
  const auto corner = [&](float value) {
    return to_axis_length(std::round(double{value * scale}));
  };
  for (int64_t r = 0; r < y[0]; ++r) {
    const float* roi = c.input(1).data<float>() + 5 * r;
    const int64_t batch = std::isnan(roi[0]) ? -1 : to_axis_length(double{roi[0]});
    if (batch < 0 || batch >= x.dim(0)) c.bad(format("batch index {}", roi[0]));
    const int64_t left = corner(roi[1]);
    const int64_t top = corner(roi[2]);
    const int64_t width = std::max<int64_t>(corner(roi[3]) - left + 1, 1);
    const int64_t height = std::max<int64_t>(corner(roi[4]) - top + 1, 1);
    for (int64_t channel = 0; channel < y[1]; ++channel) {
      const float* plane = x.data<float>() + (batch * x.dim(1) + channel) * x.dim(2) * x.dim(3);
      for (int64_t i = 0; i < y[2] * y[3]; ++i) {
        const auto [row, row_end] = bin(i / y[3], y[2], top, height, x.dim(2));
        const auto [column, column_end] = bin(i % y[3], y[3], left, width, x.dim(3));
        const bool covers = row < row_end && column < column_end;
        float best = covers ? -std::numeric_limits<float>::infinity() : 0.0F;
        for (int64_t h = row; h < row_end; ++h) {
          for (int64_t w = column; w < column_end; ++w)
            best = std::max(best, plane[h * x.dim(3) + w]);
        }
        *to++ = best;
      }
    }
  }
}

}  // namespace

extern const Operator op_RoiAlign = {.name = "RoiAlign",
                                     .domain = "",
                                     .infer = infer_align,
                                     .compute = compute_align,
                                     .traits = {.quantizable = true}};
extern const Operator op_MaxRoiPool = {
    .name = "MaxRoiPool",
    .domain = "",
    .infer = infer_pool,
    .compute = compute_pool,
    .traits = {.positively_homogeneous = true, .data_movement = true, .quantizable = true},
};

}  // namespace edgeopt
