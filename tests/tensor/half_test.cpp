#include "tensor/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace edgeopt {
namespace {

TEST(Float16, EveryNumberSurvivesARoundTrip) {
  for (uint32_t bits = 0; bits < 0x10000U; ++bits) {
    Float16 half;
    half.bits = static_cast<uint16_t>(bits);
    const float value = half;
    if (std::isnan(value)) {
      EXPECT_EQ(bits & 0x7c00U, 0x7c00U);
      EXPECT_TRUE(std::isnan(static_cast<float>(Float16(value))));
    } else {
      EXPECT_EQ(Float16(value).bits, bits);
    }
  }
}

TEST(Float16, RoundsHalfToEvenAndOverflowsToInfinity) {
  EXPECT_EQ(static_cast<float>(Float16(2049.0F)), 2048.0F);
  EXPECT_EQ(static_cast<float>(Float16(2051.0F)), 2052.0F);
  EXPECT_EQ(static_cast<float>(Float16(65519.0F)), 65504.0F);
  EXPECT_EQ(static_cast<float>(Float16(65520.0F)), std::numeric_limits<float>::infinity());
  EXPECT_EQ(static_cast<float>(Float16(-1e9F)), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(static_cast<float>(Float16(0x1p-25F)), 0.0F);  // half of the smallest: to even
  EXPECT_EQ(static_cast<float>(Float16(0x1.8p-24F)), 0x1p-23F);
}

TEST(Bfloat16, RoundsHalfToEven) {
  EXPECT_EQ(static_cast<float>(Bfloat16(257.0F)), 256.0F);
  EXPECT_EQ(static_cast<float>(Bfloat16(259.0F)), 260.0F);
  EXPECT_TRUE(std::isnan(static_cast<float>(Bfloat16(std::nanf("")))));
  EXPECT_EQ(static_cast<float>(Bfloat16(-3.0F)), -3.0F);
}

}  // namespace
}  // namespace edgeopt
