#include "exec/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace edgeopt {
namespace {

TEST(SqnrMeter, TenDecibelsForATenthOfThePower) {
  SqnrMeter meter;
  const float reference[] = {3.0F, 4.0F};
  const float value[] = {3.0F, 4.0F + std::sqrt(2.5F)};
  meter.add(reference, value, 2);
  EXPECT_NEAR(meter.decibels(), 10.0, 1e-5);
  EXPECT_NEAR(meter.max_abs(), std::sqrt(2.5), 1e-6);
}

TEST(SqnrMeter, NoNoiseAndNoSignal) {
  SqnrMeter meter;
  EXPECT_EQ(meter.decibels(), 200.0);
  const float zero = 0.0F;
  const float one = 1.0F;
  meter.add(&zero, &one, 1);
  EXPECT_EQ(meter.decibels(), 0.0);
}

TEST(ClassificationMeter, CountsTheFirstOfEqualScoresAsTheWinner) {
  ClassificationMeter meter;
  const float scores[] = {1, 5, 5, 0, 2, 3, 4};
  meter.add(scores, 7, 1);  // first of the two best: right
  meter.add(scores, 7, 2);  // second: top-5 only
  meter.add(scores, 7, 0);  // sixth: wrong
  meter.add(scores, 7, 9);  // outside
  EXPECT_EQ(meter.samples(), 4);
  EXPECT_DOUBLE_EQ(meter.top1(), 25.0);
  EXPECT_DOUBLE_EQ(meter.top5(), 50.0);
  EXPECT_EQ(arg_max(scores, 7), 1);
}

}  // namespace
}  // namespace edgeopt
