// Decoded pictures: 8 bits a channel, rows from the top, channels interleaved.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace edgeopt {

struct Image {
  // Bytes after the last pixel that may be read, so that a pixel can be loaded as four bytes.
  static constexpr size_t kPadding = 4;

  int64_t width = 0;
  int64_t height = 0;
  int64_t channels = 0;
  std::vector<uint8_t> pixels;  // height x width x channels, then kPadding bytes

  Image() = default;
  Image(int64_t image_width, int64_t image_height, int64_t image_channels)
      : width(image_width),
        height(image_height),
        channels(image_channels),
        pixels(static_cast<size_t>(width * height * channels) + kPadding) {}
  const uint8_t* row(int64_t y) const { return pixels.data() + y * width * channels; }
  uint8_t* row(int64_t y) { return pixels.data() + y * width * channels; }
};

// Larger pictures are refused before any memory is taken for them.
inline constexpr int64_t kMaxPixels = 100'000'000;

// A JPEG or PNG file as `channels` channels: 1 (luma, ITU-R 601 weights as Pillow rounds them), 3
// (RGB) or 4 (RGB and alpha, 255 where there is none). Grey becomes RGB, palettes are expanded, 16
// bits are cut to the upper 8, inverted CMYK and YCCK (Adobe's kind) become RGB; alpha is dropped,
// not blended. EXIF orientation is not applied, as in the loaders that models are trained with.
// Throws Error(kBadInput) naming `name`: not a picture, truncated, corrupt, absurdly large.
Image decode_image(std::string_view bytes, const std::string& name, int64_t channels);

// .jpg, .jpeg, .jpe, .jfif, .png in any case.
bool has_image_extension(std::string_view name);

// The parts of decode_image. Both give 1, 3 or 4 channels, as the file has them.
Image decode_jpeg(std::string_view bytes, const std::string& name);
Image decode_png(std::string_view bytes, const std::string& name);
// Throws Error(kBadInput) when a side is 0 or there are more than kMaxPixels.
void check_image_size(int64_t width, int64_t height, const std::string& name);

}  // namespace edgeopt
