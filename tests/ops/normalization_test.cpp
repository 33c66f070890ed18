#include <gtest/gtest.h>

#include <cmath>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::error_of;
using test::floats;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;

void expect_near(const Tensor& y, const Values& wanted) {
  const Values values = values_of(y);
  ASSERT_EQ(values.size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(values[i], wanted[i], 1e-5) << i;
}

// Of mean 2 and 20, deviation 1 and 10.
const Tensor& rows() {
  static const Tensor x = floats({1, 2, 1, 2}, {1, 3, 10, 30});
  return x;
}
const std::vector<Attribute>& exact() {
  static const std::vector<Attribute> attributes = {{"epsilon", 0.0F}};
  return attributes;
}

TEST(LayerNormalization, LastAxisWithScaleBiasAndStatistics) {
  const std::vector<Tensor> y = test::run(
      {"LayerNormalization", {rows(), floats({2}, {1, 2}), floats({2}, {0, 5})}, exact(), 3});
  expect_near(y[0], {-1, 7, -1, 7});
  EXPECT_EQ(y[1].shape(), (Shape{1, 2, 1, 1}));
  expect_near(y[1], {2, 20});
  expect_near(y[2], {1, 0.1});
}

TEST(LayerNormalization, FromAnEarlierAxis) {
  const Tensor y = run_single({"LayerNormalization",
                               {floats({1, 2, 2}, {1, 1, 3, 3}), floats({2, 2}, {1, 2, 3, 4})},
                               {{"axis", int64_t{1}}, {"epsilon", 0.0F}}});
  expect_near(y, {-1, -2, 3, 4});
  EXPECT_EQ(error_of({"LayerNormalization", {rows(), floats({3}, {1, 1, 1})}}),
            ErrorCode::kBadInput);
}

TEST(RMSNormalization, IsNotCentred) {
  const Tensor y =
      run_single({"RMSNormalization", {floats({2}, {3, 4}), floats({1}, {1})}, exact()});
  const double rms = std::sqrt(12.5);
  expect_near(y, {3 / rms, 4 / rms});
}

TEST(InstanceNormalization, EachPlaneByItself) {
  expect_near(
      run_single(
          {"InstanceNormalization", {rows(), floats({2}, {1, 2}), floats({2}, {0, 5})}, exact()}),
      {-1, 1, 3, 7});
  EXPECT_EQ(error_of({"InstanceNormalization", {rows(), floats({1}, {1}), floats({1}, {0})}}),
            ErrorCode::kBadInput);
}

TEST(GroupNormalization, ParametersByGroupAndLaterByChannel) {
  const Tensor x = floats({1, 4, 1}, {1, 3, 10, 30});
  const std::vector<Attribute> two = {{"num_groups", int64_t{2}}, {"epsilon", 0.0F}};
  expect_near(
      run_single(
          {"GroupNormalization", {x, floats({2}, {1, 2}), floats({2}, {0, 5})}, two, 1, "", 18}),
      {-1, 1, 3, 7});
  expect_near(run_single({"GroupNormalization",
                          {x, floats({4}, {1, 2, 3, 4}), floats({4}, {0, 0, 0, 9})},
                          two,
                          1,
                          "",
                          21}),
              {-1, 2, -3, 13});
  EXPECT_EQ(error_of({"GroupNormalization",
                      {x, floats({3}, {1, 1, 1}), floats({3}, {0, 0, 0})},
                      {{"num_groups", int64_t{3}}}}),
            ErrorCode::kBadInput);
}

TEST(MeanVarianceNormalization, OverBatchAndPlanes) {
  expect_near(run_single({"MeanVarianceNormalization", {rows()}}), {-1, 1, -1, 1});
  expect_near(run_single({"MeanVarianceNormalization",
                          {floats({2, 2}, {1, 5, 3, 9})},
                          {{"axes", std::vector<int64_t>{0}}}}),
              {-1, -1, 1, 1});
}

TEST(LpNormalization, BothNormsAndZeros) {
  const Tensor x = floats({2, 2}, {3, -4, 0, 0});
  expect_near(run_single({"LpNormalization", {x}}), {0.6, -0.8, 0, 0});
  expect_near(run_single({"LpNormalization", {x}, {{"p", int64_t{1}}}}), {3 / 7.0, -4 / 7.0, 0, 0});
  EXPECT_EQ(error_of({"LpNormalization", {x}, {{"p", int64_t{3}}}}), ErrorCode::kBadInput);
}

TEST(LRN, WindowOfChannels) {
  const Tensor y = run_single({"LRN",
                               {floats({1, 3, 1}, {1, 2, 3})},
                               {{"size", int64_t{3}}, {"alpha", 3.0F}, {"beta", 1.0F}}});
  expect_near(y, {1.0 / 6, 2.0 / 15, 3.0 / 14});
}

TEST(Softmax, FlattensBeforeOpset13) {
  const Tensor x = floats({1, 2, 2}, {0, 0, 0, 0});
  expect_near(run_single({"Softmax", {x}, {}, 1, "", 11}), {0.25, 0.25, 0.25, 0.25});
  expect_near(run_single({"Softmax", {x}, {}, 1, "", 13}), {0.5, 0.5, 0.5, 0.5});
}

}  // namespace
}  // namespace edgeopt
