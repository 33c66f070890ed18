#include "data/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/format.h"
#include "kernels/simd.h"

namespace edgeopt {
namespace {

constexpr int kWeightBits = 22;
constexpr int32_t kHalf = 1 << (kWeightBits - 1);

// Weights of the inputs of each output along one axis. All outputs have the same number of inputs,
// some with weight 0, so that loops over them are of one length.
struct Filter {
  int64_t taps = 0;
  std::vector<int64_t> first;    // input of the first weight of each output; rising
  std::vector<int32_t> weights;  // `taps` for each output

  const int32_t* of(int64_t output) const { return weights.data() + output * taps; }
};

// Outputs [begin, begin + count) of an axis of `from` pixels that becomes one of `to`.
Filter make_filter(int64_t from, int64_t to, int64_t begin, int64_t count) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double width = std::max(scale, 1.0);  // of one half of the triangle
  Filter filter;
  filter.taps = std::min(from, static_cast<int64_t>(std::ceil(width)) * 2 + 1);
  filter.first.resize(static_cast<size_t>(count));
  filter.weights.resize(static_cast<size_t>(count * filter.taps));
  std::vector<double> exact(static_cast<size_t>(filter.taps));
  for (int64_t i = 0; i < count; ++i) {
    const double centre = (static_cast<double>(begin + i) + 0.5) * scale;
    const auto low = std::max<int64_t>(0, static_cast<int64_t>(centre - width + 0.5));
    const auto end = std::min<int64_t>(from, static_cast<int64_t>(centre + width + 0.5));
    double sum = 0;
    for (int64_t x = low; x < end; ++x) {
      const double distance = (static_cast<double>(x) - centre + 0.5) * (1.0 / width);
      const double weight = std::max(0.0, 1.0 - std::abs(distance));
      exact[static_cast<size_t>(x - low)] = weight;
      sum += weight;
    }
    const int64_t first = std::min(low, from - filter.taps);
    filter.first[static_cast<size_t>(i)] = first;
    int32_t* weights = filter.weights.data() + i * filter.taps + (low - first);
    for (int64_t k = 0; k < end - low; ++k) {
      const double share = sum != 0 ? exact[static_cast<size_t>(k)] / sum : 0;
      weights[k] = static_cast<int32_t>(share * (1 << kWeightBits) + 0.5);
    }
  }
  return filter;
}

// Weights are positive and sum to one within rounding, so only the upper end can be passed.
uint8_t to_byte(int32_t sum) {
  return static_cast<uint8_t>(std::min<int32_t>(255, sum >> kWeightBits));
}

#ifdef __GNUC__
// Four channels at a time: vectors of the compiler, of whatever instructions the machine has. A sum
// stays below 2^30 or so, hence signs do not matter.
using Lanes = uint32_t __attribute__((vector_size(16)));
#endif

// One row: each output pixel is the weighted sum of its input pixels. Of 3 channels the byte after
// a pixel is read and written too (Image::kPadding); the next pixel sets it right.
template <int kChannels>
EDGEOPT_SIMD void filter_row(const uint8_t* in, const Filter& filter, int64_t count, uint8_t* out) {
  const int64_t taps = filter.taps;
  for (int64_t i = 0; i < count; ++i) {
    const int32_t* weights = filter.of(i);
    const uint8_t* pixel = in + filter.first[static_cast<size_t>(i)] * kChannels;
#ifdef __GNUC__
    if constexpr (kChannels > 1) {
      Lanes sums = {kHalf, kHalf, kHalf, kHalf};
      for (int64_t k = 0; k < taps; ++k, pixel += kChannels) {
        uint32_t bytes;
        std::memcpy(&bytes, pixel, sizeof(bytes));
        const Lanes values = (Lanes{bytes, bytes, bytes, bytes} >> Lanes{0, 8, 16, 24}) & 255U;
        sums += values * static_cast<uint32_t>(weights[k]);
      }
      Lanes result = sums >> kWeightBits;
      result = (result > 255U ? Lanes{255, 255, 255, 255} : result) << Lanes{0, 8, 16, 24};
      const uint32_t packed = result[0] | result[1] | result[2] | result[3];
      std::memcpy(out + i * kChannels, &packed, sizeof(packed));
      continue;
    }
#endif
    int32_t sums[kChannels];
    for (int32_t& sum : sums) sum = kHalf;
    for (int64_t k = 0; k < taps; ++k, pixel += kChannels) {
      for (int c = 0; c < kChannels; ++c) sums[c] += pixel[c] * weights[k];
    }
    for (int c = 0; c < kChannels; ++c) out[i * kChannels + c] = to_byte(sums[c]);
  }
}

void filter_row(const uint8_t* in, int64_t channels, const Filter& filter, int64_t count,
                uint8_t* out) {
  if (channels == 1) return filter_row<1>(in, filter, count, out);
  if (channels == 3) return filter_row<3>(in, filter, count, out);
  check(channels == 4, "pictures have 1, 3 or 4 channels");
  filter_row<4>(in, filter, count, out);
}

EDGEOPT_SIMD void add_row(const uint8_t* row, int32_t weight, int64_t count, int32_t* sums) {
  for (int64_t i = 0; i < count; ++i) sums[i] += row[i] * weight;
}

EDGEOPT_SIMD void store_row(const int32_t* sums, int64_t count, uint8_t* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = to_byte(sums[i]);
}

// Rows [first, first + count) of `image`, columns of the window.
Image filter_rows(const Image& image, int64_t width, const SourceWindow& window, int64_t first,
                  int64_t count) {
  Image result(window.width, count, image.channels);
  if (width == image.width) {
    for (int64_t y = 0; y < count; ++y) {
      std::memcpy(result.row(y), image.row(first + y) + window.left * image.channels,
                  static_cast<size_t>(window.width * image.channels));
    }
    return result;
  }
  const Filter filter = make_filter(image.width, width, window.left, window.width);
  for (int64_t y = 0; y < count; ++y) {
    filter_row(image.row(first + y), image.channels, filter, window.width, result.row(y));
  }
  return result;
}

}  // namespace

Image resize(const Image& image, Size size, const SourceWindow& window) {
  check(window.left >= 0 && window.top >= 0 && window.width > 0 && window.height > 0 &&
            window.left + window.width <= size.width && window.top + window.height <= size.height,
        "the window lies within the picture");
  if (size.height == image.height) {
    return filter_rows(image, size.width, window, window.top, window.height);
  }
  const Filter filter = make_filter(image.height, size.height, window.top, window.height);
  const int64_t first = filter.first.front();
  const int64_t end = filter.first.back() + filter.taps;
  const Image rows = filter_rows(image, size.width, window, first, end - first);
  Image result(window.width, window.height, image.channels);
  const int64_t length = window.width * image.channels;
  std::vector<int32_t> sums(static_cast<size_t>(length));
  for (int64_t y = 0; y < window.height; ++y) {
    const int64_t top = filter.first[static_cast<size_t>(y)] - first;
    std::fill(sums.begin(), sums.end(), kHalf);
    for (int64_t k = 0; k < filter.taps; ++k) {
      const int32_t weight = filter.of(y)[k];
      if (weight != 0) add_row(rows.row(top + k), weight, length, sums.data());
    }
    store_row(sums.data(), length, result.row(y));
  }
  return result;
}

}  // namespace edgeopt
