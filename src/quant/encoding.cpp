#include "quant/encoding.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "base/format.h"
#include "kernels/sweep.h"

namespace edgeopt {
namespace {

// Keeps the ends of the grid finite after rounding.
constexpr double kLargestEnd = 0x1p126;

double finite(float x) {
  if (std::isnan(x)) return 0;
  return std::clamp<double>(x, -kLargestEnd, kLargestEnd);
}

float to_scale(double scale) { return std::max(kMinimumScale, static_cast<float>(scale)); }

size_t channels_of(const Shape& shape, const TensorEncoding& encoding) {
  const int axis = encoding.spec.axis;
  const bool fits =
      axis < static_cast<int>(shape.size()) &&
      (axis < 0 ? encoding.scale.size() == 1
                : encoding.scale.size() == static_cast<size_t>(shape[static_cast<size_t>(axis)]));
  check(fits, "an encoding has one scale for each channel");
  return encoding.scale.size();
}

// Bias codes need all 32 bits, more than a float's mantissa.
int32_t bias_code(float value, float scale) {
  const double code = std::nearbyint(static_cast<double>(value) / static_cast<double>(scale));
  if (std::isnan(code)) return 0;
  return static_cast<int32_t>(std::clamp<double>(code, INT32_MIN, INT32_MAX));
}

float* output_of(Tensor& tensor) { return tensor.mutable_data<float>(); }

}  // namespace

int64_t lowest_code(const QuantSpec& spec) {
  if (!spec.is_signed) return 0;
  return -(int64_t{1} << (spec.bits - 1)) + (spec.narrow ? 1 : 0);
}

int64_t highest_code(const QuantSpec& spec) {
  return (int64_t{1} << (spec.is_signed ? spec.bits - 1 : spec.bits)) - 1;
}

Grid encode_range(Range range, const QuantSpec& spec) {
  check(spec.bits >= 2 && spec.bits <= 16, "a grid of a range has 2 to 16 bits");
  const double min = std::min(0.0, finite(range.min));
  const double max = std::max(0.0, finite(range.max));
  Grid grid;
  grid.low = static_cast<int32_t>(lowest_code(spec));
  grid.high = static_cast<int32_t>(highest_code(spec));
  if (spec.symmetric) {
    const int32_t above = (1 << (spec.bits - 1)) - 1;
    grid.zero_point = spec.is_signed ? 0 : above + 1;
    const int32_t below = grid.zero_point - grid.low;
    grid.scale = to_scale(std::max(max / above, -min / below));
    return grid;
  }
  const double steps = grid.high - grid.low;
  const double scale = std::max<double>((max - min) / steps, kMinimumScale);
  grid.scale = static_cast<float>(scale);
  grid.zero_point = grid.low + static_cast<int32_t>(std::min(steps, std::nearbyint(-min / scale)));
  return grid;
}

Range represented(const Grid& grid) {
  return {grid.scale * static_cast<float>(grid.low - grid.zero_point),
          grid.scale * static_cast<float>(grid.high - grid.zero_point)};
}

void encode_ranges(TensorEncoding& encoding, const std::vector<Range>& ranges) {
  const bool keep_observed = !encoding.observed_min.empty();
  encoding.scale.clear();
  encoding.zero_point.clear();
  for (const Range& range : ranges) {
    const Grid grid = encode_range(range, encoding.spec);
    encoding.scale.push_back(grid.scale);
    encoding.zero_point.push_back(grid.zero_point);
    if (keep_observed) continue;
    encoding.observed_min.push_back(range.min);
    encoding.observed_max.push_back(range.max);
  }
}

Grid grid_of(const TensorEncoding& encoding, size_t channel) {
  const size_t c = encoding.scale.size() == 1 ? 0 : channel;
  check(c < encoding.scale.size(), "an encoding is ready and has the channel");
  return {encoding.scale[c], encoding.zero_point[c],
          static_cast<int32_t>(lowest_code(encoding.spec)),
          static_cast<int32_t>(highest_code(encoding.spec))};
}

namespace {

// Widens the range to hold the finite ones of these.
void widen(Range& range, const float* data, int64_t count) {
  constexpr int64_t kShort = 32;
  if (count >= kShort) {
    const Sweep ends = sweep_ends(data, count);
    if (ends.all_finite) {
      range = {std::min(range.min, ends.min), std::max(range.max, ends.max)};
      return;
    }
  }
  for (int64_t i = 0; i < count; ++i) {
    if (!std::isfinite(data[i])) continue;
    range.min = std::min(range.min, data[i]);
    range.max = std::max(range.max, data[i]);
  }
}

}  // namespace

std::vector<Range> ranges_of(const Tensor& tensor, int axis) {
  const size_t channels = axis < 0 ? 1 : static_cast<size_t>(tensor.dim(static_cast<size_t>(axis)));
  std::vector<Range> ranges(channels, Range{INFINITY, -INFINITY});
  const float* data = tensor.data<float>();
  for_each_run(tensor.shape(), axis, [&](int64_t channel, int64_t offset, int64_t count) {
    widen(ranges[static_cast<size_t>(channel)], data + offset, count);
  });
  for (Range& range : ranges) {
    if (range.min > range.max) range = {};
  }
  return ranges;
}

std::vector<int32_t> quantize(const Tensor& tensor, const TensorEncoding& encoding) {
  channels_of(tensor.shape(), encoding);
  std::vector<int32_t> codes(static_cast<size_t>(tensor.size()));
  const float* data = tensor.data<float>();
  for_each_run(tensor.shape(), encoding.spec.axis, [&](int64_t c, int64_t offset, int64_t count) {
    const auto channel = static_cast<size_t>(c);
    if (encoding.spec.bits == 32) {
      for (int64_t i = offset; i < offset + count; ++i) {
        codes[static_cast<size_t>(i)] = bias_code(data[i], encoding.scale[channel]);
      }
      return;
    }
    quantize(data + offset, codes.data() + offset, count, grid_of(encoding, channel));
  });
  return codes;
}

Tensor dequantize(const std::vector<int32_t>& codes, const Shape& shape,
                  const TensorEncoding& encoding) {
  channels_of(shape, encoding);
  Tensor result = Tensor::unset(DataType::kFloat, shape);
  float* data = output_of(result);
  for_each_run(shape, encoding.spec.axis, [&](int64_t c, int64_t offset, int64_t count) {
    const float scale = encoding.scale[static_cast<size_t>(c)];
    const int32_t zero_point = encoding.zero_point[static_cast<size_t>(c)];
    for (int64_t i = offset; i < offset + count; ++i) {
      data[i] = static_cast<float>(codes[static_cast<size_t>(i)] - zero_point) * scale;
    }
  });
  return result;
}

Tensor fake_quantize(const Tensor& tensor, const TensorEncoding& encoding) {
  if (!encoding.ready()) return tensor;
  if (encoding.spec.bits == 32) {
    return dequantize(quantize(tensor, encoding), tensor.shape(), encoding);
  }
  Tensor result = Tensor::unset(DataType::kFloat, tensor.shape(), tensor.layout());
  fake_quantize(tensor, encoding, output_of(result));
  return result;
}

void fake_quantize(const Tensor& tensor, const TensorEncoding& encoding, float* to) {
  check(encoding.ready() && encoding.spec.bits <= 16, "a grid of at most 16 bits");
  channels_of(tensor.shape(), encoding);
  check(tensor.layout() == Layout::kPlain || encoding.scale.size() == 1,
        "per-channel encodings are applied in plain layout");
  const float* from = tensor.data<float>();
  for_each_run(tensor.shape(), encoding.spec.axis, [&](int64_t c, int64_t offset, int64_t count) {
    fake_quantize(from + offset, to + offset, count, grid_of(encoding, static_cast<size_t>(c)));
  });
}

void encode_bias(TensorEncoding& encoding, float input_scale,
                 const std::vector<float>& weight_scale, int64_t count) {
  encoding.scale.clear();
  for (int64_t i = 0; i < count; ++i) {
    const float scale = weight_scale[static_cast<size_t>(i) % weight_scale.size()];
    encoding.scale.push_back(std::max(FLT_MIN, input_scale * scale));
  }
  encoding.zero_point.assign(encoding.scale.size(), 0);
}

int64_t raise_weight_scales(TensorEncoding& weight, float input_scale, const Tensor& bias) {
  const auto count = static_cast<size_t>(bias.size());
  std::vector<float>& scales = weight.scale;
  if (scales.empty()) return 0;
  int64_t raised = 0;
  for (size_t i = 0; i < count; ++i) {
    float& scale = scales[i % scales.size()];
    const double limit =
        std::abs(static_cast<double>(bias.data<float>()[i])) / (0x1p30 * input_scale);
    if (!std::isfinite(limit) || static_cast<double>(scale) >= limit) continue;
    scale = std::nextafter(static_cast<float>(limit), INFINITY);
    ++raised;
  }
  return raised;
}

}  // namespace edgeopt
