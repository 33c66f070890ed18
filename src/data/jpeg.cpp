// JPEG by libjpeg-turbo, in full size: its scaled decoding would not match a resize of the whole
// picture.
#include <csetjmp>
#include <cstdio>
// jpeglib.h needs FILE from <cstdio>.
#include <jpeglib.h>
//
#include <jerror.h>

#include "base/format.h"
#include "base/log.h"
#include "data/image.h"

namespace edgeopt {
namespace {

struct JpegErrors {
  jpeg_error_mgr manager;  // first: libjpeg hands back a pointer to it
  std::jmp_buf escape;
  char message[JMSG_LENGTH_MAX];
  bool damaged;  // decoded, but with data that libjpeg had to make up
};

[[noreturn]] void on_error(j_common_ptr info) {
  auto* errors = reinterpret_cast<JpegErrors*>(info->err);
  errors->manager.format_message(info, errors->message);
  std::longjmp(errors->escape, 1);
}

// A truncated file is refused: libjpeg would fill it up with grey. Other damage is decoded as far
// as it goes, as other loaders do.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  const int code = info->err->msg_code;
  if (code == JWRN_JPEG_EOF) on_error(info);
  if (code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR) return;
  auto* errors = reinterpret_cast<JpegErrors*>(info->err);
  if (!errors->damaged) errors->manager.format_message(info, errors->message);
  errors->damaged = true;
}

// The functions between setjmp and longjmp hold nothing that has a destructor.
bool read_header(jpeg_decompress_struct* info, JpegErrors* errors, std::string_view bytes) {
  if (setjmp(errors->escape) != 0) return false;
  jpeg_create_decompress(info);
  jpeg_mem_src(info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(info, TRUE);
  if (info->jpeg_color_space == JCS_GRAYSCALE) {
    info->out_color_space = JCS_GRAYSCALE;
  } else {
    info->out_color_space = info->num_components == 4 ? JCS_CMYK : JCS_RGB;
  }
  return true;
}

bool read_pixels(jpeg_decompress_struct* info, JpegErrors* errors, uint8_t* pixels, size_t stride) {
  if (setjmp(errors->escape) != 0) return false;
  jpeg_start_decompress(info);
  while (info->output_scanline < info->output_height) {
    JSAMPROW row = pixels + stride * info->output_scanline;
    jpeg_read_scanlines(info, &row, 1);
  }
  jpeg_finish_decompress(info);
  return true;
}

uint8_t product(uint32_t a, uint32_t b) { return static_cast<uint8_t>((a * b + 127) / 255); }

// Adobe stores the inks inverted, so that the stored values are how much light is left.
Image rgb_from_inverted_cmyk(const Image& cmyk) {
  Image rgb(cmyk.width, cmyk.height, 3);
  const uint8_t* in = cmyk.pixels.data();
  uint8_t* out = rgb.pixels.data();
  for (int64_t i = 0; i < cmyk.width * cmyk.height; ++i, in += 4, out += 3) {
    for (int c = 0; c < 3; ++c) out[c] = product(in[c], in[3]);
  }
  return rgb;
}

struct Decompressor {
  jpeg_decompress_struct info{};
  JpegErrors errors{};

  Decompressor() {
    info.err = jpeg_std_error(&errors.manager);
    errors.manager.error_exit = on_error;
    errors.manager.emit_message = on_message;
  }
  ~Decompressor() { jpeg_destroy_decompress(&info); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
};

}  // namespace

Image decode_jpeg(std::string_view bytes, const std::string& name) {
  Decompressor jpeg;
  if (!read_header(&jpeg.info, &jpeg.errors, bytes)) {
    fail(ErrorCode::kBadInput, "{}: cannot be decoded: {}", name, jpeg.errors.message);
  }
  check_image_size(jpeg.info.image_width, jpeg.info.image_height, name);
  const int64_t channels = jpeg.info.out_color_space == JCS_CMYK        ? 4
                           : jpeg.info.out_color_space == JCS_GRAYSCALE ? 1
                                                                        : 3;
  Image image(jpeg.info.image_width, jpeg.info.image_height, channels);
  if (!read_pixels(&jpeg.info, &jpeg.errors, image.pixels.data(),
                   static_cast<size_t>(image.width * channels))) {
    fail(ErrorCode::kBadInput, "{}: cannot be decoded: {}", name, jpeg.errors.message);
  }
  if (jpeg.errors.damaged) log_warning(format("{}: {}", name, jpeg.errors.message));
  return channels == 4 ? rgb_from_inverted_cmyk(image) : image;
}

}  // namespace edgeopt
