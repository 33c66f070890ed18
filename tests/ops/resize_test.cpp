#include <gtest/gtest.h>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::floats;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;

Tensor line() { return floats({1, 1, 1, 4}, {1, 2, 3, 4}); }

Tensor resized(const Tensor& scales, std::vector<Attribute> attributes) {
  return run_single({"Resize", {line(), {}, scales}, std::move(attributes)});
}

Tensor by(double factor) { return floats({4}, {1, 1, 1, factor}); }

void expect_near(const Tensor& y, const Values& wanted) {
  const Values values = values_of(y);
  ASSERT_EQ(values.size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(values[i], wanted[i], 1e-6) << i;
}

TEST(Resize, NearestRoundsAsAsked) {
  const auto nearest = [](const std::string& rounding, double factor) {
    return values_of(resized(by(factor), {{"nearest_mode", rounding},
                                          {"coordinate_transformation_mode", "asymmetric"}}));
  };
  EXPECT_EQ(nearest("floor", 2), (Values{1, 1, 2, 2, 3, 3, 4, 4}));
  EXPECT_EQ(nearest("ceil", 2), (Values{1, 2, 2, 3, 3, 4, 4, 4}));
  EXPECT_EQ(nearest("round_prefer_floor", 2), (Values{1, 1, 2, 2, 3, 3, 4, 4}));
  EXPECT_EQ(nearest("round_prefer_ceil", 2), (Values{1, 2, 2, 3, 3, 4, 4, 4}));
}

TEST(Resize, LinearByHand) {
  expect_near(resized(by(2), {{"mode", "linear"}}), {1, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4});
  expect_near(
      resized(by(1.75), {{"mode", "linear"}, {"coordinate_transformation_mode", "align_corners"}}),
      {1, 1.5, 2, 2.5, 3, 3.5, 4});
  expect_near(
      resized(by(2), {{"mode", "linear"}, {"coordinate_transformation_mode", "asymmetric"}}),
      {1, 1.5, 2, 2.5, 3, 3.5, 4, 4});
}

TEST(Resize, CubicGoesThroughItsPointsAndKeepsConstants) {
  const Tensor same = resized(by(1), {{"mode", "cubic"}});
  EXPECT_EQ(values_of(same), (Values{1, 2, 3, 4}));
  const Tensor flat = floats({1, 1, 3, 3}, Values(9, 5.0));
  for (const int64_t antialias : {0, 1}) {
    const Tensor y = run_single({"Resize",
                                 {flat, {}, floats({4}, {1, 1, 1.7, 0.7})},
                                 {{"mode", "cubic"}, {"antialias", antialias}}});
    EXPECT_EQ(y.shape(), (Shape{1, 1, 5, 2}));
    for (const double value : values_of(y)) EXPECT_NEAR(value, 5, 1e-5);
  }
}

TEST(Resize, SizesOfSomeAxesKeepingTheAspectRatio) {
  const Tensor x = floats({1, 1, 2, 4}, Values(8, 1.0));
  const Tensor sizes = Tensor::from_ints({2}, {4, 12});
  const auto shape = [&](const std::string& policy) {
    return run_single(
               {"Resize",
                {x, {}, {}, sizes},
                {{"axes", std::vector<int64_t>{2, 3}}, {"keep_aspect_ratio_policy", policy}}})
        .shape();
  };
  EXPECT_EQ(shape("stretch"), (Shape{1, 1, 4, 12}));
  EXPECT_EQ(shape("not_larger"), (Shape{1, 1, 4, 8}));
  EXPECT_EQ(shape("not_smaller"), (Shape{1, 1, 6, 12}));
}

TEST(Resize, CropFillsWhatLiesOutside) {
  const Tensor roi = floats({8}, {0, 0, 0, 0, 1, 1, 1, 2});
  const Tensor y = run_single({"Resize",
                               {line(), roi, {}, Tensor::from_ints({4}, {1, 1, 1, 3})},
                               {{"mode", "linear"},
                                {"coordinate_transformation_mode", "tf_crop_and_resize"},
                                {"extrapolation_value", 9.0F}}});
  EXPECT_EQ(values_of(y), (Values{1, 4, 9}));
}

TEST(Resize, OldFormsAreAsymmetric) {
  const Values doubled = {1, 1, 2, 2, 3, 3, 4, 4};
  EXPECT_EQ(values_of(run_single({"Resize", {line(), by(2)}, {}, 1, "", 10})), doubled);
  EXPECT_EQ(values_of(run_single({"Upsample", {line(), by(2)}, {}, 1, "", 9})), doubled);
  EXPECT_EQ(values_of(run_single(
                {"Upsample", {line()}, {{"scales", std::vector<float>{1, 1, 1, 2}}}, 1, "", 7})),
            doubled);
}

TEST(Resize, BadFormsAreRefused) {
  EXPECT_EQ(test::error_of({"Resize", {line()}}), ErrorCode::kBadInput);
  EXPECT_EQ(test::error_of({"Resize", {line(), {}, by(0)}}), ErrorCode::kBadInput);
  EXPECT_EQ(test::error_of({"Resize", {line(), {}, by(2)}, {{"mode", "sharp"}}}),
            ErrorCode::kBadInput);
  EXPECT_EQ(test::error_of({"Resize", {line(), {}, floats({1}, {2})}}), ErrorCode::kBadInput);
}

}  // namespace
}  // namespace edgeopt
