// The calibrator sqnr on distributions whose answer is known.
#include <gtest/gtest.h>

#include "support/distributions.h"

namespace edgeopt {
namespace {

TEST(Sqnr, KeepsAnEvenSpread) {
  EXPECT_NEAR(test::chosen("sqnr", test::with_outliers(0), test::kUint8).max, 1, 0.07);
}

// Clipping weighs three times: what cutting costs is 3 * 9801, more than the 128 of keeping.
TEST(Sqnr, KeepsAnOutlierThatIsDearerToCut) {
  EXPECT_GT(test::chosen("sqnr", test::with_outliers(1), test::kUint8).max, 90);
}

}  // namespace
}  // namespace edgeopt
