#include "kernels/fake_quantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"

namespace edgeopt {
namespace {

float reference(float x, const Grid& grid) {
  const double code = std::nearbyint(static_cast<double>(x / grid.scale)) + grid.zero_point;
  const double clamped = std::clamp<double>(code, grid.low, grid.high);
  return static_cast<float>(clamped - grid.zero_point) * grid.scale;
}

TEST(FakeQuantize, EqualsTheDefinitionElementByElement) {
  Random random(3);
  for (const Grid& grid : {Grid{0.1F, 128, 0, 255}, Grid{0.003F, 0, -127, 127},
                           Grid{1e-4F, 30000, 0, 65535}, Grid{0.7F, -3, -8, 7}}) {
    std::vector<float> x(1003);
    for (float& v : x) v = static_cast<float>(random.normal() * 8);
    std::vector<float> y(x.size());
    std::vector<int32_t> codes(x.size());
    fake_quantize(x.data(), y.data(), 1003, grid);
    quantize(x.data(), codes.data(), 1003, grid);
    for (size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(y[i], reference(x[i], grid)) << x[i];
      ASSERT_EQ(static_cast<float>(codes[i] - grid.zero_point) * grid.scale, y[i]) << x[i];
    }
  }
}

TEST(FakeQuantize, TiesGoToTheEvenCode) {
  const Grid grid{0.5F, 10, 0, 255};
  const std::vector<float> x = {0.25F, 0.75F, 1.25F, -0.25F, -0.75F, -1.25F};
  std::vector<int32_t> codes(x.size());
  quantize(x.data(), codes.data(), 6, grid);
  EXPECT_EQ(codes, (std::vector<int32_t>{10, 12, 12, 10, 8, 8}));
}

TEST(FakeQuantize, NonFiniteValuesLandOnTheGrid) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x = {infinity, -infinity, std::nanf(""), 3e38F, -0.0F};
  std::vector<float> y(x.size());
  fake_quantize(x.data(), y.data(), 5, Grid{0.5F, 10, 0, 255});
  EXPECT_EQ(y, (std::vector<float>{122.5F, -5.0F, -5.0F, 122.5F, 0.0F}));
  EXPECT_FALSE(std::signbit(y[4]));
}

TEST(FakeQuantize, EachRowHasItsGrid) {
  const std::vector<float> x = {1.1F, 2.2F, 1.1F, 2.2F};
  std::vector<float> y(4);
  const Grid grids[] = {{1.0F, 0, -127, 127}, {0.5F, 0, -127, 127}};
  fake_quantize_rows(x.data(), y.data(), 2, 2, grids);
  EXPECT_EQ(y, (std::vector<float>{1.0F, 2.0F, 1.0F, 2.0F}));
}

}  // namespace
}  // namespace edgeopt
