#include "kernels/epilogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/transcendental.h"
#include "reference/epilogue.h"

namespace edgeopt {
namespace {

using Kind = EpilogueStep::Kind;

std::vector<float> spread(float low, float high, int count) {
  std::vector<float> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(low + (high - low) * static_cast<float>(i) / static_cast<float>(count - 1));
  }
  return values;
}

// The largest error in units in the last place of the true value.
template <typename F, typename G>
double worst_ulp(F made, G truth, const std::vector<float>& x) {
  std::vector<float> y(x.size());
  made(x.data(), y.data(), static_cast<int64_t>(x.size()));
  double worst = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double expected = truth(static_cast<double>(x[i]));
    const auto rounded = static_cast<float>(std::fabs(expected));
    const double unit = std::nextafter(rounded, INFINITY) - rounded;
    worst = std::max(worst, std::fabs(static_cast<double>(y[i]) - expected) / unit);
  }
  return worst;
}

TEST(Transcendental, ErrorsAreAFewUnitsInTheLastPlace) {
  const auto sigmoid_of = [](double x) { return 1 / (1 + std::exp(-x)); };
  const std::vector<float> wide = spread(-80, 80, 20011);
  const std::vector<float> narrow = spread(-1, 1, 20011);
  for (const auto& x : {wide, narrow}) {
    EXPECT_LT(worst_ulp(
                  exp, [](double v) { return std::exp(v); }, x),
              4);
    EXPECT_LT(worst_ulp(sigmoid, sigmoid_of, x), 4);
    EXPECT_LT(worst_ulp(
                  silu, [&](double v) { return v * sigmoid_of(v); }, x),
              4);
    EXPECT_LT(worst_ulp(
                  tanh, [](double v) { return std::tanh(v); }, x),
              4);
    EXPECT_LT(worst_ulp(
                  erf, [](double v) { return std::erf(v); }, x),
              4);
  }
}

TEST(Transcendental, GeluIsRightToItsTail) {
  const std::vector<float> x = spread(-12, 12, 40009);
  std::vector<float> y(x.size());
  gelu(x.data(), y.data(), static_cast<int64_t>(x.size()));
  for (size_t i = 0; i < x.size(); ++i) {
    const double wide = x[i];
    const double expected = wide / 2 * std::erfc(-wide * std::sqrt(0.5));
    // Down to -sqrt(2), 1 + erf loses up to four bits.
    const double relative = wide > 0 ? 4e-7 : wide > -1.42 ? 1.2e-6 : wide > -5.6 ? 1e-5 : 1;
    EXPECT_NEAR(y[i], expected, relative * std::fabs(expected) + 1e-38) << x[i];
  }
}

TEST(Transcendental, EndsStayFiniteAndNaNStays) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> x{-infinity, -1000, 1000, infinity, std::nanf("")};
  std::vector<float> y(x.size());
  sigmoid(x.data(), y.data(), 5);
  EXPECT_LT(y[0], 1e-37F);
  EXPECT_LT(y[1], 1e-37F);
  EXPECT_EQ(y[2], 1);
  EXPECT_EQ(y[3], 1);
  EXPECT_TRUE(std::isnan(y[4]));
  for (const auto odd : {tanh, erf}) {
    odd(x.data(), y.data(), 5);
    EXPECT_EQ(y[0], -1);
    EXPECT_EQ(y[3], 1);
    EXPECT_TRUE(std::isnan(y[4]));
  }
  gelu(x.data(), y.data(), 5);
  EXPECT_EQ(y[1], 0);
  EXPECT_EQ(y[2], 1000);
  EXPECT_EQ(y[3], infinity);
  EXPECT_TRUE(std::isnan(y[4]));
}

float apply_one(EpilogueStep step, float x) {
  float y = 0;
  Epilogue({&step, 1}).apply(&x, &y, 0, 1, {});
  return y;
}

TEST(Epilogue, EachStepIsItsFormula) {
  EXPECT_EQ(apply_one({.kind = Kind::kRelu}, -2), 0);
  EXPECT_EQ(apply_one({.kind = Kind::kClip, .a = -1, .b = 6}, -2), -1);
  EXPECT_EQ(apply_one({.kind = Kind::kClip, .a = -1, .b = 6}, 7), 6);
  EXPECT_EQ(apply_one({.kind = Kind::kLeakyRelu, .a = 0.25F}, -2), -0.5F);
  EXPECT_EQ(apply_one({.kind = Kind::kHardSigmoid, .a = 0.5F, .b = 0.25F}, 1), 0.75F);
  EXPECT_EQ(apply_one({.kind = Kind::kHardSwish}, 3), 3);
  EXPECT_EQ(apply_one({.kind = Kind::kHardSwish}, -3), 0);
  EXPECT_FLOAT_EQ(apply_one({.kind = Kind::kSilu}, 1), 0.7310586F);
  const EpilogueStep quant{.kind = Kind::kFakeQuant, .a = 0.5F, .b = 2, .low = 0, .high = 15};
  EXPECT_EQ(apply_one(quant, 0.75F), 1);
  EXPECT_EQ(apply_one(quant, -9), -1);
  EXPECT_EQ(apply_one(quant, 100), 6.5F);
}

TEST(Epilogue, StepsRunInOrderAndTheResultMayLieInAnOperand) {
  const int64_t count = 5000;  // several blocks and a rest
  std::vector<float> x = spread(-2, 2, count);
  std::vector<float> other = spread(1, -1, count);
  std::vector<float> expected(x.size());
  for (size_t i = 0; i < x.size(); ++i) expected[i] = std::max(x[i] + other[i], 0.0F) + other[i];
  const std::vector<EpilogueStep> steps{
      {.kind = Kind::kAdd}, {.kind = Kind::kRelu}, {.kind = Kind::kAdd}};
  const float* operand = other.data();
  Epilogue(steps).apply(x.data(), other.data(), 0, count, {&operand, 1});
  EXPECT_EQ(other, expected);
}

TEST(Epilogue, AFunctionOfAQuantizedValueIsATable) {
  const EpilogueStep signed_grid{
      .kind = Kind::kFakeQuant, .a = 0.05F, .b = -3, .low = -128, .high = 127};
  const EpilogueStep gate_grid{
      .kind = Kind::kFakeQuant, .a = 1.0F / 255, .b = 0, .low = 0, .high = 255};
  const std::vector<float> x = spread(-9, 9, 3001);
  for (const Kind kind : {Kind::kSilu, Kind::kHardSwish}) {
    EpilogueStep gated = gate_grid;
    gated.kind = kind;
    EpilogueStep gate{.kind = Kind::kSigmoid};
    if (kind == Kind::kHardSwish) gate = {.kind = Kind::kHardSigmoid, .a = 1.0F / 6, .b = 0.5F};
    for (const bool wide : {false, true}) {
      EpilogueStep grid = signed_grid;
      if (wide) grid = {.kind = Kind::kFakeQuant, .a = 2e-4F, .b = 0, .low = -32768, .high = 32767};
      const std::vector<EpilogueStep> steps{grid, gated, signed_grid};
      const SplitEpilogue split = split_epilogue(steps);
      EXPECT_EQ(split.fused.size(), 1U);
      EXPECT_EQ(split.fused[0].bytes.size(), wide ? 0U : 256U);
      std::vector<float> y(x.size());
      Epilogue(steps).apply(x.data(), y.data(), 0, 3001, {});
      for (size_t i = 0; i < x.size(); ++i) {
        const float value = test::reference_step(grid, x[i], 0);
        const float factor =
            test::reference_step(gate_grid, test::reference_step(gate, value, 0), 0);
        ASSERT_EQ(y[i], test::reference_step(signed_grid, value * factor, 0)) << x[i];
      }
    }
  }
}

}  // namespace
}  // namespace edgeopt
