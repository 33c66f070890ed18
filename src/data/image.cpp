#include "data/image.h"

#include <algorithm>
#include <array>

#include "base/format.h"

namespace edgeopt {
namespace {

constexpr std::string_view kJpegMagic = "\xff\xd8\xff";
constexpr std::string_view kPngMagic = "\x89PNG\r\n\x1a\n";

// Other formats that people have, to name them in the message.
std::string_view foreign_format(std::string_view bytes) {
  if (bytes.starts_with("GIF8")) return "a GIF picture";
  if (bytes.starts_with("BM")) return "a BMP picture";
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return "a WebP picture";
  if (bytes.starts_with("II*") || bytes.starts_with("MM")) return "a TIFF picture";
  if (bytes.substr(0, 12).find("ftyp") == 4) return "a HEIF or AVIF picture";
  return {};
}

uint8_t luma(const uint8_t* rgb) {
  constexpr uint32_t kRed = 19595;  // 0.299, 0.587 and 0.114 of 65536
  constexpr uint32_t kGreen = 38470;
  constexpr uint32_t kBlue = 7471;
  return static_cast<uint8_t>((rgb[0] * kRed + rgb[1] * kGreen + rgb[2] * kBlue + 0x8000U) >> 16);
}

Image with_channels(const Image& from, int64_t channels) {
  Image to(from.width, from.height, channels);
  const uint8_t* in = from.pixels.data();
  uint8_t* out = to.pixels.data();
  const int64_t count = from.width * from.height;
  for (int64_t i = 0; i < count; ++i, in += from.channels, out += channels) {
    if (channels == 1) {
      out[0] = luma(in);
      continue;
    }
    const bool grey = from.channels == 1;
    out[0] = in[0];
    out[1] = grey ? in[0] : in[1];
    out[2] = grey ? in[0] : in[2];
    if (channels == 4) out[3] = 255;
  }
  return to;
}

}  // namespace

void check_image_size(int64_t width, int64_t height, const std::string& name) {
  if (width <= 0 || height <= 0) {
    fail(ErrorCode::kBadInput, "{}: the picture is empty ({}x{})", name, width, height);
  }
  if (width > kMaxPixels / height) {
    fail(ErrorCode::kBadInput, "{}: {}x{} pixels are more than edgeopt decodes ({} million)", name,
         width, height, kMaxPixels / 1'000'000);
  }
}

bool has_image_extension(std::string_view name) {
  constexpr std::array<std::string_view, 5> kExtensions = {"jpg", "jpeg", "jpe", "jfif", "png"};
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  std::string extension(name.substr(dot + 1));
  for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

Image decode_image(std::string_view bytes, const std::string& name, int64_t channels) {
  check(channels == 1 || channels == 3 || channels == 4, "pictures have 1, 3 or 4 channels");
  Image image;
  if (bytes.starts_with(kJpegMagic)) {
    image = decode_jpeg(bytes, name);
  } else if (bytes.starts_with(kPngMagic)) {
    image = decode_png(bytes, name);
  } else if (bytes.empty()) {
    fail(ErrorCode::kBadInput, "{}: the file is empty", name);
  } else if (const auto format_name = foreign_format(bytes); !format_name.empty()) {
    fail(ErrorCode::kBadInput, "{}: is {}; convert it to JPEG or PNG", name, format_name);
  } else {
    fail(ErrorCode::kBadInput, "{}: is not a JPEG or PNG picture", name);
  }
  return image.channels == channels ? std::move(image) : with_channels(image, channels);
}

}  // namespace edgeopt
