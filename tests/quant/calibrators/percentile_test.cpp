// The calibrator percentile on distributions whose answer is known.
#include <gtest/gtest.h>

#include "support/distributions.h"

namespace edgeopt {
namespace {

TEST(Percentile, CutsWhatLiesBeyondTheShare) {
  const ObservedTensor observed = test::with_outliers(1);
  const Range cut = test::chosen("percentile", observed, test::kUint8, {{"percentage", "99.9"}});
  EXPECT_LT(cut.max, 1.1F);
  EXPECT_GT(cut.max, 0.9F);
}

TEST(Percentile, OfAllIsTheObservedEnd) {
  const Range all =
      test::chosen("percentile", test::with_outliers(1), test::kUint8, {{"percentage", "100"}});
  EXPECT_EQ(all.max, 100);
}

}  // namespace
}  // namespace edgeopt
