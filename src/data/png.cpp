// PNG by libpng.
#include <png.h>

#include <csetjmp>
#include <cstring>

#include "base/format.h"
#include "data/image.h"

namespace edgeopt {
namespace {

struct PngInput {
  const char* data;
  size_t rest;
};

struct PngErrors {
  char message[256];
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  auto* errors = static_cast<PngErrors*>(png_get_error_ptr(png));
  std::strncpy(errors->message, message, sizeof(errors->message) - 1);
  png_longjmp(png, 1);
}

void on_warning(png_structp /*png*/, png_const_charp /*message*/) {}

void read_bytes(png_structp png, png_bytep to, size_t size) {
  auto* input = static_cast<PngInput*>(png_get_io_ptr(png));
  if (size > input->rest) png_error(png, "the file ends too early");
  std::memcpy(to, input->data, size);
  input->data += size;
  input->rest -= size;
}

struct Reader {
  PngErrors errors{};
  PngInput input;
  png_structp png = nullptr;
  png_infop info = nullptr;

  explicit Reader(std::string_view bytes) : input{bytes.data(), bytes.size()} {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &errors, on_error, on_warning);
    if (png != nullptr) info = png_create_info_struct(png);
  }
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
};

// The functions between setjmp and longjmp hold nothing that has a destructor.
bool read_header(png_structp png, png_infop info, PngInput* input) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_read_fn(png, input, read_bytes);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);  // check_image_size says no, in its own words
  png_read_info(png, info);
  return true;
}

// To 8 bits and 1, 3 or 4 channels.
bool prepare(png_structp png, png_infop info) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_expand(png);
  png_set_strip_16(png);
  if (png_get_color_type(png, info) == PNG_COLOR_TYPE_GRAY_ALPHA) png_set_strip_alpha(png);
  const bool grey = (png_get_color_type(png, info) & PNG_COLOR_MASK_COLOR) == 0;
  if (grey && png_get_valid(png, info, PNG_INFO_tRNS) != 0) png_set_strip_alpha(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  return true;
}

bool read_rows(png_structp png, png_infop info, png_bytepp rows) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_read_image(png, rows);
  png_read_end(png, info);
  return true;
}

}  // namespace

Image decode_png(std::string_view bytes, const std::string& name) {
  Reader reader(bytes);
  check(reader.info != nullptr, "libpng starts");
  const auto refuse = [&] {
    fail(ErrorCode::kBadInput, "{}: cannot be decoded: {}", name, reader.errors.message);
  };
  if (!read_header(reader.png, reader.info, &reader.input)) refuse();
  const int64_t width = png_get_image_width(reader.png, reader.info);
  const int64_t height = png_get_image_height(reader.png, reader.info);
  check_image_size(width, height, name);
  if (!prepare(reader.png, reader.info)) refuse();
  Image image(width, height, png_get_channels(reader.png, reader.info));
  check(static_cast<int64_t>(png_get_rowbytes(reader.png, reader.info)) == width * image.channels,
        "8 bits a channel");
  std::vector<png_bytep> rows(static_cast<size_t>(height));
  for (int64_t y = 0; y < height; ++y) rows[static_cast<size_t>(y)] = image.row(y);
  if (!read_rows(reader.png, reader.info, rows.data())) refuse();
  return image;
}

}  // namespace edgeopt
