// The calibrator entropy on distributions whose answer is known.
#include <gtest/gtest.h>

#include "support/distributions.h"

namespace edgeopt {
namespace {

TEST(Entropy, CutsALoneOutlierFarAway) {
  EXPECT_LT(test::chosen("entropy", test::with_outliers(1), test::kInt8).max, 50);
}

TEST(Entropy, KeepsAnEvenSpread) {
  EXPECT_GT(test::chosen("entropy", test::with_outliers(0), test::kUint8).max, 0.95F);
}

}  // namespace
}  // namespace edgeopt
