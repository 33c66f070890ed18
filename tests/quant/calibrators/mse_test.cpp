// The calibrator mse on distributions whose answer is known.
#include <gtest/gtest.h>

#include "support/distributions.h"

namespace edgeopt {
namespace {

// Cutting one outlier of 100 costs about 99^2 = 9801; keeping it costs 10,000 * (100/255)^2 / 12 =
// 128. With 4 bits keeping costs 10,000 values their whole square, 3,333: still less than cutting.
TEST(Mse, KeepsAnOutlierThatIsDearerToCut) {
  EXPECT_NEAR(test::chosen("mse", test::with_outliers(1), test::kUint8).max, 100, 2);
}

// An outlier of 100 times the rest among a million: keeping costs 1e6 * 0.39^2 / 12 = 12,800 with
// 8 bits, cutting 9,801 and almost nothing for the rest.
TEST(Mse, CutsAnOutlierThatIsDearerToKeep) {
  ObservedTensor observed = test::with_outliers(1);
  for (size_t i = 0; i + 1 < observed.counts.size(); ++i) observed.counts[i] *= 100;
  observed.zeros *= 100;
  EXPECT_LT(test::chosen("mse", observed, test::kUint8).max, 50);
}

}  // namespace
}  // namespace edgeopt
