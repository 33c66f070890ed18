// RoiAlign, MaxRoiPool, MaxUnpool, GridSample, AffineGrid, Col2Im, CenterCropPad.
#include <gtest/gtest.h>

#include <numeric>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::error_of;
using test::floats;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;

// 4 x 4 elements 0, 1, 2, ...
Tensor image() {
  Values values(16);
  std::iota(values.begin(), values.end(), 0.0);
  return floats({1, 1, 4, 4}, values);
}

void expect_near(const Tensor& y, const Values& wanted) {
  const Values values = values_of(y);
  ASSERT_EQ(values.size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(values[i], wanted[i], 1e-5) << i;
}

TEST(RoiAlign, AveragesBilinearSamples) {
  const Tensor regions = floats({1, 4}, {0.5, 0.5, 2.5, 2.5});
  const Tensor batch = Tensor::from_ints({1}, {0});
  const auto align = [&](const std::string& mode, const std::string& coordinates) {
    return run_single({"RoiAlign",
                       {image(), regions, batch},
                       {{"output_height", int64_t{2}},
                        {"output_width", int64_t{2}},
                        {"sampling_ratio", int64_t{1}},
                        {"mode", mode},
                        {"coordinate_transformation_mode", coordinates}}});
  };
  // Without the half pixel the four samples lie at 1 and 2 of each axis, with it at 0.5 and 1.5.
  expect_near(align("avg", "output_half_pixel"), {5, 6, 9, 10});
  expect_near(align("avg", "half_pixel"), {2.5, 3.5, 6.5, 7.5});
  expect_near(align("max", "output_half_pixel"), {5, 6, 9, 10});
  EXPECT_EQ(error_of({"RoiAlign", {image(), regions, Tensor::from_ints({1}, {1})}}),
            ErrorCode::kBadInput);
}

TEST(MaxRoiPool, LargestOfEachPart) {
  const Tensor y = run_single({"MaxRoiPool",
                               {image(), floats({1, 5}, {0, 0, 0, 3, 1})},
                               {{"pooled_shape", std::vector<int64_t>{1, 2}}}});
  EXPECT_EQ(values_of(y), (Values{5, 7}));
}

TEST(MaxUnpool, PutsElementsBack) {
  const Tensor x = floats({1, 1, 1, 2}, {8, 9});
  const Tensor places = Tensor::from_ints({1, 1, 1, 2}, {1, 6});
  const std::vector<Attribute> two = {{"kernel_shape", std::vector<int64_t>{2, 2}},
                                      {"strides", std::vector<int64_t>{2, 2}}};
  EXPECT_EQ(values_of(run_single({"MaxUnpool", {x, places}, two})),
            (Values{0, 8, 0, 0, 0, 0, 9, 0}));
  const Tensor wider =
      run_single({"MaxUnpool", {x, places, Tensor::from_ints({4}, {1, 1, 2, 5})}, two});
  EXPECT_EQ(values_of(wider), (Values{0, 8, 0, 0, 0, 0, 0, 9, 0, 0}));
  EXPECT_EQ(error_of({"MaxUnpool", {x, Tensor::from_ints({1, 1, 1, 2}, {1, 8})}, two}),
            ErrorCode::kBadInput);
}

TEST(GridSample, ModesAndPaddings) {
  const Tensor x = floats({1, 1, 1, 3}, {1, 2, 4});
  // Places 0, 0.5, 2 and, outside, 3 of the row when corners are aligned.
  const Tensor grid = floats({1, 1, 4, 2}, {-1, 0, -0.5, 0, 1, 0, 2, 0});
  const auto sample = [&](const std::string& mode, const std::string& padding) {
    return run_single({"GridSample",
                       {x, grid},
                       {{"mode", mode}, {"padding_mode", padding}, {"align_corners", int64_t{1}}}});
  };
  expect_near(sample("bilinear", "zeros"), {1, 1.5, 4, 0});
  expect_near(sample("bilinear", "border"), {1, 1.5, 4, 4});
  expect_near(sample("bilinear", "reflection"), {1, 1.5, 4, 2});
  expect_near(sample("nearest", "border"), {1, 1, 4, 4});
  EXPECT_EQ(error_of({"GridSample", {x, grid}, {{"mode", "area"}}}), ErrorCode::kBadInput);
}

TEST(AffineGrid, IdentityGivesTheCentres) {
  const Tensor theta = floats({1, 2, 3}, {1, 0, 0, 0, 1, 0.5});
  const Tensor y = run_single({"AffineGrid", {theta, Tensor::from_ints({4}, {1, 1, 1, 2})}});
  EXPECT_EQ(y.shape(), (Shape{1, 1, 2, 2}));
  expect_near(y, {-0.5, 0.5, 0.5, 0.5});
}

TEST(Col2Im, SumsOverlappingBlocks) {
  const Tensor columns = floats({1, 2, 3}, {1, 2, 3, 10, 20, 30});
  const Tensor y = run_single(
      {"Col2Im", {columns, Tensor::from_ints({2}, {1, 4}), Tensor::from_ints({2}, {1, 2})}});
  EXPECT_EQ(y.shape(), (Shape{1, 1, 1, 4}));
  EXPECT_EQ(values_of(y), (Values{1, 12, 23, 30}));
  EXPECT_EQ(error_of({"Col2Im",
                      {columns, Tensor::from_ints({2}, {1, 5}), Tensor::from_ints({2}, {1, 2})}}),
            ErrorCode::kBadInput);
}

TEST(CenterCropPad, EvenlyOnBothSides) {
  const Tensor x = floats({4}, {1, 2, 3, 4});
  EXPECT_EQ(values_of(run_single({"CenterCropPad", {x, Tensor::from_ints({1}, {2})}})),
            (Values{2, 3}));
  EXPECT_EQ(values_of(run_single({"CenterCropPad", {x, Tensor::from_ints({1}, {7})}})),
            (Values{0, 1, 2, 3, 4, 0, 0}));
}

}  // namespace
}  // namespace edgeopt
