#include "data/resize.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "base/format.h"
#include "base/random.h"
#include "support/data_files.h"

namespace edgeopt {
namespace {

Image source() { return decode_image(read_file(test::golden_path("source.png")), "source.png", 3); }

class EverySize : public testing::TestWithParam<Size> {};

TEST_P(EverySize, EqualsPillow) {
  const Size size = GetParam();
  const Image expected = test::golden_array(format("resize_{}x{}.npy", size.width, size.height));
  EXPECT_EQ(test::largest_difference(resize(source(), size), expected), 0);
}

INSTANTIATE_TEST_SUITE_P(Resize, EverySize,
                         testing::Values(Size{61, 47}, Size{61, 20}, Size{30, 47}, Size{24, 24},
                                         Size{7, 5}, Size{1, 1}, Size{100, 47}, Size{61, 90},
                                         Size{97, 83}, Size{40, 95}));

// A window of the resized picture is a part of the whole one, for 1, 3 and 4 channels.
TEST(Resize, WindowEqualsCropOfTheWhole) {
  Random random(3);
  const auto below = [&](int64_t bound) {
    return static_cast<int64_t>(random.below(static_cast<uint64_t>(bound)));
  };
  for (int round = 0; round < 60; ++round) {
    const int64_t channels = std::array<int64_t, 3>{1, 3, 4}[static_cast<size_t>(round % 3)];
    Image image(1 + below(90), 1 + below(90), channels);
    for (uint8_t& byte : image.pixels) byte = static_cast<uint8_t>(random.next());
    const Size size = {1 + below(90), 1 + below(90)};
    SourceWindow window = {below(size.width), below(size.height), 0, 0};
    window.width = 1 + below(size.width - window.left);
    window.height = 1 + below(size.height - window.top);
    const Image whole = resize(image, size);
    const Image part = resize(image, size, window);
    Image cropped(window.width, window.height, channels);
    for (int64_t y = 0; y < window.height; ++y) {
      const uint8_t* from = whole.row(window.top + y) + window.left * channels;
      std::copy(from, from + window.width * channels, cropped.row(y));
    }
    ASSERT_EQ(test::largest_difference(part, cropped), 0) << "round " << round;
  }
}

TEST(Resize, ConstantStaysConstant) {
  Image image(50, 31, 3);
  std::fill(image.pixels.begin(), image.pixels.end(), 255);
  const Image result = resize(image, {13, 77});
  for (int64_t i = 0; i < 13 * 77 * 3; ++i) ASSERT_EQ(result.pixels[static_cast<size_t>(i)], 255);
}

}  // namespace
}  // namespace edgeopt
