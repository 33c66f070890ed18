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

// Of a large tensor the histogram holds a part only; the ends are those of all elements.
TEST(Percentile, OfAllIsTheObservedEndOfALargeTensorToo) {
  std::vector<float> data(100000, 1.0F);
  const QuantSpec spec = test::kUint8;
  for (size_t place = 0; place < data.size(); place += 9973) {
    std::vector<float> one = data;
    one[place] = 7;
    one[(place + 50000) % one.size()] = -3;
    Observer observer({.histogram = true, .sampled = 512});
    observer.observe(one.data(), static_cast<int64_t>(one.size()));
    const Range all = test::chosen("percentile", observer.result(), spec, {{"percentage", "100"}});
    EXPECT_EQ(all, (Range{-3, 7})) << place;
  }
}

}  // namespace
}  // namespace edgeopt
