// GridSample, AffineGrid: an image sampled where a grid of coordinates in [-1, 1] says.
#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

enum class Mode { kNearest, kLinear, kCubic };
enum class Padding { kZeros, kBorder, kReflection };

struct Form {
  Mode mode = Mode::kLinear;
  Padding padding = Padding::kZeros;
  bool align_corners = false;
};

template <typename Context>
Form form_of(const Context& c) {
  Form form;
  const std::string mode = c.node().string_or("mode", "linear");
  const std::string padding = c.node().string_or("padding_mode", "zeros");
  if (mode == "nearest") {
    form.mode = Mode::kNearest;
  } else if (mode == "cubic" || mode == "bicubic") {
    form.mode = Mode::kCubic;
  } else if (mode != "linear" && mode != "bilinear") {
    c.bad("mode is '" + mode + "', not nearest, linear or cubic");
  }
  if (padding == "border") {
    form.padding = Padding::kBorder;
  } else if (padding == "reflection") {
    form.padding = Padding::kReflection;
  } else if (padding != "zeros") {
    c.bad("padding_mode is '" + padding + "', not zeros, border or reflection");
  }
  form.align_corners = c.node().int_or("align_corners", 0) != 0;
  return form;
}

double reflected(double place, double low, double high) {
  if (high <= low) return low;
  const double period = 2 * (high - low);
  const double inside = std::fabs(std::fmod(place - low, period));
  return low + std::min(inside, period - inside);
}

// Input places along one axis and their weights; -1 is outside, where the image is zero.
struct Taps {
  int count = 0;
  int64_t places[4] = {0, 0, 0, 0};
  double weights[4] = {0, 0, 0, 0};
};

double cubic(double x) {
  constexpr double kA = -0.75;
  x = std::fabs(x);
  if (x <= 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
  return ((kA * x - 5 * kA) * x + 8 * kA) * x - 4 * kA;
}

int64_t inside(const Form& form, double place, int64_t length) {
  const auto last = static_cast<double>(length - 1);
  if (place >= 0 && place <= last) return static_cast<int64_t>(place);
  if (form.padding == Padding::kBorder) return static_cast<int64_t>(std::clamp(place, 0.0, last));
  if (form.padding == Padding::kZeros) return -1;
  const double margin = form.align_corners ? 0.0 : 0.5;
  const double back = reflected(place, -margin, last + margin);
  return static_cast<int64_t>(std::clamp(back, 0.0, last));
}

Taps taps_of(const Form& form, double coordinate, int64_t length) {
  const auto size = static_cast<double>(length);
  const double margin = form.align_corners ? 0.0 : 0.5;
  double place =
      form.align_corners ? (coordinate + 1) / 2 * (size - 1) : ((coordinate + 1) * size - 1) / 2;
  Taps taps;
  if (!std::isfinite(place)) return taps;
  if (place < -margin || place > size - 1 + margin) {
    if (form.padding == Padding::kBorder) place = std::clamp(place, 0.0, size - 1);
    if (form.padding == Padding::kReflection) {
      place = reflected(place, -margin, size - 1 + margin);
    }
  }
  if (form.mode == Mode::kNearest) {
    return {1, {inside(form, std::nearbyint(place), length)}, {1}};
  }
  const double low = std::floor(place);
  const double rest = place - low;
  const bool is_cubic = form.mode == Mode::kCubic;
  taps.count = is_cubic ? 4 : 2;
  for (int k = 0; k < taps.count; ++k) {
    const double offset = k - (is_cubic ? 1 : 0);
    taps.places[k] = inside(form, low + offset, length);
    taps.weights[k] = is_cubic ? cubic(rest - offset) : (k == 0 ? 1 - rest : rest);
  }
  return taps;
}

void infer(InferContext& c) {
  const Shape& x = c.shape(0);
  const Shape& grid = c.shape(1);
  form_of(c);
  if (std::count(x.begin(), x.end(), 0) > 0) c.unsupported("an empty input");
  if (x.size() < 3 || grid.size() != x.size() || grid[0] != x[0] ||
      grid.back() != static_cast<int64_t>(x.size()) - 2) {
    c.bad(format("a grid of shape {} does not fit an input of shape {}", to_string(grid),
                 to_string(x)));
  }
  Shape shape = {x[0], x[1]};
  shape.insert(shape.end(), grid.begin() + 1, grid.end() - 1);
  c.set_output(0, c.type(0), std::move(shape));
}

// Where one output element comes from: offsets into a plane and their weights.
struct Sample {
  std::vector<int64_t> places;
  std::vector<double> weights;
};

// `coordinates` are of the spatial axes, the last axis first.
template <typename G>
Sample sample_of(const Form& form, const G* coordinates, const Shape& x) {
  Sample sample{{0}, {1}};
  for (size_t axis = 2; axis < x.size(); ++axis) {
    const G coordinate = coordinates[x.size() - 1 - axis];
    const Taps taps = taps_of(form, static_cast<double>(static_cast<Wide<G>>(coordinate)), x[axis]);
    Sample finer;
    for (size_t i = 0; i < sample.places.size(); ++i) {
      for (int k = 0; k < taps.count; ++k) {
        if (taps.places[k] < 0) continue;
        finer.places.push_back(sample.places[i] * x[axis] + taps.places[k]);
        finer.weights.push_back(sample.weights[i] * taps.weights[k]);
      }
    }
    sample = std::move(finer);
  }
  return sample;
}

template <typename T>
void sample_all(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Form form = form_of(c);
  const auto axes = static_cast<int64_t>(x.rank()) - 2;
  const int64_t plane = x.size() == 0 ? 0 : x.size() / (x.dim(0) * x.dim(1));
  const int64_t places = c.input(1).size() / std::max<int64_t>(x.dim(0) * axes, 1);
  T* to = c.output(0).mutable_data<T>();
  for (int64_t n = 0; n < x.dim(0); ++n) {
    for (int64_t i = 0; i < places; ++i) {
      const Sample sample =
          sample_of(form, c.input(1).data<T>() + (n * places + i) * axes, x.shape());
      for (int64_t channel = 0; channel < x.dim(1); ++channel) {
        const T* from = x.data<T>() + (n * x.dim(1) + channel) * plane;
        double sum = 0;
        for (size_t k = 0; k < sample.places.size(); ++k) {
          sum += sample.weights[k] * static_cast<Wide<T>>(from[sample.places[k]]);
        }
        to[(n * x.dim(1) + channel) * places + i] = static_cast<T>(static_cast<Wide<T>>(sum));
      }
    }
  }
}

void compute(ComputeContext& c) {
  const DataType type = c.input(0).type();
  if (c.input(1).type() != type) c.unsupported("a grid of another type than the input");
  const bool known =
      dispatch(type, FloatTypes(), [&]<typename T>(std::type_identity<T>) { sample_all<T>(c); });
  if (!known) c.unsupported("type " + name_of(type));
}

void infer_affine(InferContext& c) {
  const std::vector<int64_t> size = c.ints(1);
  const auto axes = static_cast<int64_t>(size.size()) - 2;
  if ((axes != 2 && axes != 3) || c.shape(0) != Shape{size[0], axes, axes + 1}) {
    c.bad("theta does not fit the size");
  }
  Shape shape = {size[0]};
  shape.insert(shape.end(), size.begin() + 2, size.end());
  shape.push_back(axes);
  c.set_output(0, c.type(0), std::move(shape));
}

template <typename T>
void make_grid(const ComputeContext& c) {
  const Shape& shape = c.output(0).shape();
  const bool corners = c.node().int_or("align_corners", 0) != 0;
  const size_t axes = shape.size() - 2;
  const int64_t places = element_count(Shape(shape.begin() + 1, shape.end() - 1));
  T* to = c.output(0).mutable_data<T>();
  for (int64_t i = 0; i < shape[0] * places; ++i) {
    const T* theta = c.input(0).data<T>() + i / places * static_cast<int64_t>(axes * (axes + 1));
    std::vector<double> point(axes + 1, 1.0);  // x, y, z, 1
    int64_t left = i % places;
    for (size_t axis = axes; axis-- > 0;) {
      const auto length = static_cast<double>(shape[axis + 1]);
      const auto at = static_cast<double>(left % shape[axis + 1]);
      left /= shape[axis + 1];
      point[axes - 1 - axis] =
          corners ? (length > 1 ? 2 * at / (length - 1) - 1 : 0) : (2 * at + 1) / length - 1;
    }
    for (size_t row = 0; row < axes; ++row) {
      double sum = 0;
      for (size_t k = 0; k <= axes; ++k) {
        sum += point[k] * static_cast<Wide<T>>(theta[row * (axes + 1) + k]);
      }
      *to++ = static_cast<T>(static_cast<Wide<T>>(sum));
    }
  }
}

void compute_affine(ComputeContext& c) {
  const DataType type = c.input(0).type();
  const bool known =
      dispatch(type, FloatTypes(), [&]<typename T>(std::type_identity<T>) { make_grid<T>(c); });
  if (!known) c.unsupported("type " + name_of(type));
}

}  // namespace

extern const Operator op_GridSample = {.name = "GridSample",
                                       .domain = "",
                                       .infer = infer,
                                       .compute = compute,
                                       .traits = {.positively_homogeneous = true}};
extern const Operator op_AffineGrid = {
    .name = "AffineGrid", .domain = "", .infer = infer_affine, .compute = compute_affine};

}  // namespace edgeopt
