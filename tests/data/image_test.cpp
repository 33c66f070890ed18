#include "data/image.h"

#include <gtest/gtest.h>

#include <random>

#include "base/file.h"
#include "support/data_files.h"

namespace edgeopt {
namespace {

using test::error_text;
using test::golden_path;

Image decode(const std::string& file, int64_t channels = 3) {
  return decode_image(read_file(golden_path(file)), file, channels);
}

class EveryPicture : public testing::TestWithParam<const char*> {};

// Exactly for PNG; JPEG decoders of different releases may differ in the last level.
TEST_P(EveryPicture, DecodesAsPillowDoes) {
  const std::string file = GetParam();
  const Image expected = test::golden_array(file.substr(0, file.find('.')) + ".npy");
  const int difference = test::largest_difference(decode(file), expected);
  EXPECT_GE(difference, 0);
  EXPECT_LE(difference, file.ends_with(".jpg") ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(Image, EveryPicture,
                         testing::Values("rgb.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg",
                                         "ycck.jpg", "interlaced.png", "palette.png",
                                         "palette_alpha.png", "bilevel.png", "rgba.png",
                                         "grey_alpha.png", "rgb16.png", "grey16.png"));

TEST(Image, GreyIsPillowsLuma) {
  const Image rgb = decode("rgb16.png");
  const Image grey = decode("rgb16.png", 1);
  ASSERT_EQ(grey.channels, 1);
  for (size_t i = 0; i < static_cast<size_t>(grey.width * grey.height); ++i) {
    const double luma =
        (rgb.pixels[3 * i] * 19595 + rgb.pixels[3 * i + 1] * 38470 + rgb.pixels[3 * i + 2] * 7471) /
        65536.0;
    ASSERT_EQ(int{grey.pixels[i]}, static_cast<int>(luma + 0.5));
  }
}

TEST(Image, FourChannelsKeepAlpha) {
  const Image alpha = decode("rgba.png", 4);
  EXPECT_EQ(alpha.pixels[3], 0);
  EXPECT_EQ(alpha.pixels[4 * 5 + 3], 60);
  EXPECT_EQ(decode("rgb.jpg", 4).pixels[3], 255);
}

TEST(Image, SaysWhatIsWrong) {
  const auto refuse = [](const std::string& bytes) {
    return error_text([&] { decode_image(bytes, "x.jpg", 3); });
  };
  EXPECT_EQ(refuse(""), "3: x.jpg: the file is empty");
  EXPECT_EQ(refuse("hello"), "3: x.jpg: is not a JPEG or PNG picture");
  EXPECT_EQ(refuse("GIF89a..."), "3: x.jpg: is a GIF picture; convert it to JPEG or PNG");
  EXPECT_EQ(refuse("RIFF1234WEBPVP8 "), "3: x.jpg: is a WebP picture; convert it to JPEG or PNG");
}

TEST(Image, RefusesAbsurdSizesBeforeAllocating) {
  std::string jpeg = read_file(golden_path("rgb.jpg"));
  const size_t frame = jpeg.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, "\xea\x60\xea\x60");  // 60000 x 60000
  EXPECT_EQ(error_text([&] { decode_image(jpeg, "x.jpg", 3); }),
            "3: x.jpg: 60000x60000 pixels are more than edgeopt decodes (100 million)");
}

TEST(Image, TruncationIsAnErrorWhereverItFalls) {
  for (const char* file : {"rgb.jpg", "progressive.jpg", "rgba.png", "palette.png"}) {
    const std::string whole = read_file(golden_path(file));
    for (size_t size = 0; size + 2 < whole.size(); size += 7) {
      const std::string part = whole.substr(0, size);
      EXPECT_EQ(error_text([&] { decode_image(part, file, 3); }).substr(0, 3), "3: ")
          << file << " cut to " << size;
    }
  }
}

TEST(Image, FlippedBytesNeverCrash) {
  std::mt19937 random(1);
  int decoded = 0;
  int refused = 0;
  for (const char* file : {"rgb.jpg", "progressive.jpg", "cmyk.jpg", "rgba.png", "grey16.png"}) {
    const std::string whole = read_file(golden_path(file));
    for (int i = 0; i < 200; ++i) {
      std::string bytes = whole;
      for (int k = 0; k < 3; ++k) bytes[random() % bytes.size()] = static_cast<char>(random());
      const std::string error = error_text([&] { decode_image(bytes, file, 3); });
      (error.empty() ? decoded : refused)++;
      EXPECT_TRUE(error.empty() || error.starts_with("3: ")) << error;
    }
  }
  EXPECT_EQ(decoded + refused, 1000);
  EXPECT_GT(refused, 100);
}

TEST(Image, KnowsExtensionsInAnyCase) {
  EXPECT_TRUE(has_image_extension("a/b.JPEG"));
  EXPECT_TRUE(has_image_extension("b.png"));
  EXPECT_FALSE(has_image_extension("b.txt"));
  EXPECT_FALSE(has_image_extension("png"));
}

}  // namespace
}  // namespace edgeopt
