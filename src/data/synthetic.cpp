// Inputs made from a seed alone. docs/data.md describes them.
#include <algorithm>
#include <cmath>
#include <optional>

#include "base/format.h"
#include "base/random.h"
#include "data/elements.h"
#include "data/preprocess.h"

namespace edgeopt {
namespace {

constexpr int64_t kMostElements = int64_t{1} << 26;
constexpr double kLimit = 2.6;  // deviations; normalized photographs end there

// Adds noise that varies smoothly over the plane: random values on a coarse grid, interpolated.
void add_smooth(std::vector<double>& plane, Size size, int64_t cells, double amplitude,
                Random& random) {
  const int64_t side = cells + 2;
  std::vector<double> grid(static_cast<size_t>(side * side));
  for (double& value : grid) value = random.normal() * amplitude;
  const auto at = [&](int64_t y, int64_t x) { return grid[static_cast<size_t>(y * side + x)]; };
  for (int64_t y = 0; y < size.height; ++y) {
    const double v = static_cast<double>(y * cells) / static_cast<double>(size.height);
    const auto row = static_cast<int64_t>(v);
    const double below = v - static_cast<double>(row);
    for (int64_t x = 0; x < size.width; ++x) {
      const double u = static_cast<double>(x * cells) / static_cast<double>(size.width);
      const auto column = static_cast<int64_t>(u);
      const double right = u - static_cast<double>(column);
      const double top = at(row, column) * (1 - right) + at(row, column + 1) * right;
      const double bottom = at(row + 1, column) * (1 - right) + at(row + 1, column + 1) * right;
      plane[static_cast<size_t>(y * size.width + x)] += top * (1 - below) + bottom * below;
    }
  }
}

// A disc or a half plane that is brighter or darker than its surroundings.
void add_edge(std::vector<double>& plane, Size size, Random& random) {
  const double height = random.normal() * 0.8;
  const double centre_x = random.uniform() * static_cast<double>(size.width);
  const double centre_y = random.uniform() * static_cast<double>(size.height);
  const double radius =
      (0.1 + 0.4 * random.uniform()) * static_cast<double>(std::min(size.width, size.height));
  const bool disc = random.uniform() < 0.5;
  const double slope_x = random.normal();
  const double slope_y = random.normal();
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      const double dx = static_cast<double>(x) - centre_x;
      const double dy = static_cast<double>(y) - centre_y;
      const bool inside =
          disc ? dx * dx + dy * dy < radius * radius : dx * slope_x + dy * slope_y > 0;
      if (inside) plane[static_cast<size_t>(y * size.width + x)] += height;
    }
  }
}

// Mean 0 and deviation 1 over the plane.
void standardize(std::vector<double>& plane) {
  double sum = 0;
  double squares = 0;
  for (const double value : plane) {
    sum += value;
    squares += value * value;
  }
  const auto count = static_cast<double>(plane.size());
  const double mean = sum / count;
  const double deviation = std::sqrt(std::max(squares / count - mean * mean, 1e-12));
  for (double& value : plane) value = (value - mean) / deviation;
}

std::vector<double> smooth_plane(Size size, Random& random) {
  std::vector<double> plane(static_cast<size_t>(size.width * size.height));
  double amplitude = 1;
  const int64_t finest = std::max<int64_t>(2, std::min(size.width, size.height) / 2);
  for (int64_t cells = 2; cells <= finest; cells *= 2, amplitude *= 0.6) {
    add_smooth(plane, size, cells, amplitude, random);
  }
  const uint64_t edges = 2 + random.below(5);
  for (uint64_t i = 0; i < edges; ++i) add_edge(plane, size, random);
  standardize(plane);
  return plane;
}

// An image in deviations from its data set's mean: planes that mostly agree, with a brightness and
// a contrast of their own.
std::vector<double> make_image(const ImageInput& input, Random& random) {
  const int64_t pixels = input.size.width * input.size.height;
  const auto shared = smooth_plane(input.size, random);
  const double brightness = random.normal() * 0.5;
  const double contrast = 0.5 + 0.6 * random.uniform();
  std::vector<double> values(static_cast<size_t>(pixels * input.channels));
  for (int64_t c = 0; c < input.channels; ++c) {
    const auto own = smooth_plane(input.size, random);
    const double tint = random.normal() * 0.15;
    for (int64_t i = 0; i < pixels; ++i) {
      const auto at = static_cast<size_t>(i);
      const double noise = random.normal() * 0.03;
      const double value =
          brightness + tint + contrast * (0.95 * shared[at] + 0.3 * own[at] + noise);
      const int64_t place = input.channels_last ? i * input.channels + c : c * pixels + i;
      values[static_cast<size_t>(place)] = std::clamp(value, -kLimit, kLimit);
    }
  }
  return values;
}

std::optional<ImageInput> as_image(const InputSpec& input) {
  try {
    return image_input(input);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// 8-bit images hold pixels, other integers small indices.
void to_integers(const InputSpec& input, bool image, std::vector<double>& values, Random& random) {
  constexpr uint64_t kIndices = 8;
  const bool pixels = image && (input.type == DataType::kUint8 || input.type == DataType::kInt8);
  const double zero = input.type == DataType::kInt8 ? -128.0 : 0.0;
  for (double& value : values) {
    if (pixels) {
      value = zero + std::nearbyint((value + kLimit) * (255.0 / (2 * kLimit)));
    } else {
      value = static_cast<double>(random.below(kIndices));
    }
  }
}

class SyntheticSource : public DataSource {
 public:
  SyntheticSource(const std::vector<InputSpec>& inputs, int64_t count, uint64_t seed)
      : inputs_(inputs), count_(count), seed_(seed) {}

  int64_t size() const override { return count_; }
  std::string describe() const override {
    return format("{} synthetic sample{}", count_, count_ == 1 ? "" : "s");
  }

  Sample load(int64_t index) const override {
    Sample sample;
    sample.name = format("synthetic sample {}", index);
    for (size_t i = 0; i < inputs_.size(); ++i) {
      // Each tensor has a stream of its own, so that samples do not depend on the order of loading.
      Random streams(seed_);
      Random random(streams.next() ^ Random(static_cast<uint64_t>(index)).next() ^
                    Random(~static_cast<uint64_t>(i)).next());
      sample.inputs.push_back(make_input(inputs_[i], random));
    }
    return sample;
  }

 private:
  static Tensor make_input(const InputSpec& input, Random& random) {
    const auto count = static_cast<size_t>(element_count(input.shape));
    const auto image = as_image(input);
    std::vector<double> values;
    if (image && input.type != DataType::kBool) {
      values = make_image(*image, random);
    } else {
      values.resize(count);
      for (double& value : values) value = std::clamp(random.normal(), -kLimit, kLimit);
    }
    if (is_integer(input.type)) to_integers(input, image.has_value(), values, random);
    if (input.type == DataType::kBool) std::fill(values.begin(), values.end(), 1.0);
    const std::string_view bytes(reinterpret_cast<const char*>(values.data()),
                                 values.size() * sizeof(double));
    return to_input(bytes, DataType::kDouble, input, "synthetic input");
  }

  std::vector<InputSpec> inputs_;
  int64_t count_;
  uint64_t seed_;
};

}  // namespace

std::unique_ptr<DataSource> synthetic_data(const std::vector<InputSpec>& inputs, int64_t count,
                                           uint64_t seed) {
  check(count > 0, "at least one synthetic sample");
  for (const InputSpec& input : inputs) {
    for (const int64_t dimension : input.shape) {
      if (dimension < 0) {
        fail(ErrorCode::kUsage, "input '{}' has no fixed shape ({}): give --input-shape {}:...",
             input.name, to_string(input.shape), input.name);
      }
    }
    if (element_count(input.shape) > kMostElements) {
      fail(ErrorCode::kUnsupported,
           "input '{}' of shape {} is too large to be made up; give data, or a smaller "
           "--input-shape",
           input.name, to_string(input.shape));
    }
  }
  return std::make_unique<SyntheticSource>(inputs, count, seed);
}

}  // namespace edgeopt
