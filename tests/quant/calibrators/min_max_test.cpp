// The calibrator min-max on distributions whose answer is known.
#include <gtest/gtest.h>

#include "support/distributions.h"

namespace edgeopt {
namespace {

TEST(MinMax, TakesTheObservedEnds) {
  const Range range = test::chosen("min-max", test::with_outliers(1), test::kUint8);
  EXPECT_EQ(range, (Range{0, 100}));
}

}  // namespace
}  // namespace edgeopt
