#include "quant/distribution.h"

#include <gtest/gtest.h>

#include <limits>

#include "support/distributions.h"

namespace edgeopt {
namespace {

constexpr double kNoLimit = std::numeric_limits<double>::infinity();

// Evenly spread over [0, 1): the error of a step s is s^2 / 12 for each element.
TEST(Distribution, ErrorOfAnEvenSpread) {
  const Distribution distribution(test::with_outliers(0));
  const Grid grid = encode_range({0, 1}, {.bits = 4});
  const double step = grid.scale;
  EXPECT_NEAR(distribution.error(grid, 1, kNoLimit) / distribution.total(), step * step / 12,
              step * step / 1200);
}

// Half of the elements are clamped to 0.5: each is a quarter of the way off on average.
TEST(Distribution, ClippingHasAWeight) {
  const Distribution distribution(test::with_outliers(0));
  const Grid grid = encode_range({0, 0.5F}, {.bits = 8});
  const double once = distribution.error(grid, 1, kNoLimit);
  const double clipping = distribution.error(grid, 2, kNoLimit) - once;
  EXPECT_NEAR(clipping / distribution.total(), 0.125 / 3, 1e-4);
}

TEST(Distribution, ALimitIsReachedOrChangesNothing) {
  const Distribution distribution(test::with_outliers(3));
  for (const float max : {0.25F, 0.5F, 1.0F, 10.0F, 100.0F}) {
    for (const double weight : {0.0, 1.0, 3.0}) {
      const Grid grid = encode_range({0, max}, {.bits = 8});
      const double whole = distribution.error(grid, weight, kNoLimit);
      for (const double share : {0.0, 0.3, 0.9, 1.0}) {
        EXPECT_GE(distribution.error(grid, weight, share * whole), share * whole);
      }
      EXPECT_EQ(distribution.error(grid, weight, 1.001 * whole), whole);
    }
  }
}

}  // namespace
}  // namespace edgeopt
