#include "kernels/tiled/reciprocal.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace edgeopt {
namespace {

// False where x is rounded to another number than x / scale.
bool agrees(float x, float scale, const Reciprocal& by) {
  const float made = std::fma(x, by.high, x * by.low);
  return std::nearbyint(made) == std::nearbyint(x / scale);
}

void expect_agreement(float scale, int32_t lowest, int32_t highest, Random& random) {
  SCOPED_TRACE(scale);
  const auto by = reciprocal_of(scale, lowest, highest);
  ASSERT_TRUE(by);
  for (int32_t n = lowest; n < highest; ++n) {
    // Farther from the border than reciprocal_of() looks itself, on both sides.
    float x = (static_cast<float>(n) + 0.5F) * scale;
    for (int i = 0; i < 20; ++i) x = std::nextafter(x, -INFINITY);
    for (int i = 0; i < 40; ++i) {
      ASSERT_TRUE(agrees(x, scale, *by)) << x;
      x = std::nextafter(x, INFINITY);
    }
  }
  const double width = static_cast<double>(highest) - lowest;
  for (int i = 0; i < 1000; ++i) {
    const auto x = static_cast<float>((lowest + width * random.uniform()) * scale);
    ASSERT_TRUE(agrees(x, scale, *by)) << x;
  }
}

TEST(Reciprocal, LeadsToTheNumbersThatTheDivisionLeadsTo) {
  Random random(1);
  for (const float scale : {1.0F, 0.5F, 0.1F, 1.0F / 255, 2.0F / 255, 0x1.fffffep-1F, 0x1p-99F}) {
    expect_agreement(scale, -128, 127, random);
  }
  for (int i = 0; i < 100; ++i) {
    const auto scale = static_cast<float>(std::exp(6 * random.normal()));
    const auto zero_point = static_cast<int32_t>(255 * random.uniform());
    expect_agreement(scale, -zero_point, 255 - zero_point, random);
  }
}

TEST(Reciprocal, OfTheFinestGrids) {
  Random random(2);
  for (const float scale : {1e-4F, 0.3F, 17.3F}) expect_agreement(scale, -32768, 32767, random);
}

// One product with 1 / scale rounded is not enough.
TEST(Reciprocal, NeedsItsLowPart) {
  Random random(3);
  int wrong = 0;
  for (int i = 0; i < 20; ++i) {
    const auto scale = static_cast<float>(std::exp(random.normal()));
    const Reciprocal rounded = {1 / scale, 0};
    for (int32_t n = -128; n < 127; ++n) {
      float x = (static_cast<float>(n) + 0.5F) * scale;
      for (int k = 0; k < 3; ++k, x = std::nextafter(x, INFINITY)) {
        wrong += agrees(x, scale, rounded) ? 0 : 1;
      }
    }
  }
  EXPECT_GT(wrong, 100);
}

}  // namespace
}  // namespace edgeopt
