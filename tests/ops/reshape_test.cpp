#include <gtest/gtest.h>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::floats;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;

Tensor ints(const std::vector<int64_t>& values) {
  return Tensor::from_ints({static_cast<int64_t>(values.size())}, values);
}

const Tensor& block() {
  static const Tensor x = floats({1, 2, 3}, {1, 2, 3, 4, 5, 6});
  return x;
}

TEST(Reshape, ZeroCopiesAndMinusOneTakesTheRest) {
  const Tensor y = run_single({"Reshape", {block(), ints({0, -1, 1, 2})}});
  EXPECT_EQ(y.shape(), (Shape{1, 3, 1, 2}));
  EXPECT_EQ(values_of(y), values_of(block()));
  const Tensor empty = floats({0, 3}, {});
  EXPECT_EQ(run_single({"Reshape", {empty, ints({3, 0})}, {{"allowzero", int64_t{1}}}}).shape(),
            (Shape{3, 0}));
}

TEST(Reshape, ShapesThatDoNotFitAreRefused) {
  for (const auto& shape : std::vector<std::vector<int64_t>>{
           {4, 2}, {-1, -1}, {-1, 4}, {-2, 3}, {1, 2, 3, 0}, {4, -1}}) {
    EXPECT_EQ(test::error_of({"Reshape", {block(), ints(shape)}}), ErrorCode::kBadInput);
  }
}

TEST(Reshape, AttributeFormOfTheFirstOpset) {
  const Tensor y = run_single({.op_type = "Reshape",
                               .inputs = {block()},
                               .attributes = {{"shape", std::vector<int64_t>{3, 2}}},
                               .opset = 1});
  EXPECT_EQ(y.shape(), (Shape{3, 2}));
}

TEST(Flatten, AroundAnAxis) {
  EXPECT_EQ(run_single({"Flatten", {block()}}).shape(), (Shape{1, 6}));
  EXPECT_EQ(run_single({"Flatten", {block()}, {{"axis", int64_t{0}}}}).shape(), (Shape{1, 6}));
  EXPECT_EQ(run_single({"Flatten", {block()}, {{"axis", int64_t{3}}}}).shape(), (Shape{6, 1}));
  EXPECT_EQ(run_single({"Flatten", {block()}, {{"axis", int64_t{-1}}}}).shape(), (Shape{2, 3}));
  EXPECT_EQ(test::error_of({"Flatten", {block()}, {{"axis", int64_t{4}}}}), ErrorCode::kBadInput);
}

TEST(Squeeze, AxesAsInputOrAttributeOrAllOnes) {
  EXPECT_EQ(run_single({"Squeeze", {block(), ints({0})}}).shape(), (Shape{2, 3}));
  EXPECT_EQ(
      run_single({"Squeeze", {block()}, {{"axes", std::vector<int64_t>{-3}}}, 1, "", 11}).shape(),
      (Shape{2, 3}));
  EXPECT_EQ(run_single({"Squeeze", {block()}}).shape(), (Shape{2, 3}));
  EXPECT_EQ(test::error_of({"Squeeze", {block(), ints({1})}}), ErrorCode::kBadInput);
}

TEST(Unsqueeze, AxesCountInTheResult) {
  EXPECT_EQ(run_single({"Unsqueeze", {block(), ints({4, 0})}}).shape(), (Shape{1, 1, 2, 3, 1}));
  EXPECT_EQ(
      run_single({"Unsqueeze", {block()}, {{"axes", std::vector<int64_t>{-1}}}, 1, "", 11}).shape(),
      (Shape{1, 2, 3, 1}));
  EXPECT_EQ(test::error_of({"Unsqueeze", {block(), ints({1, 1})}}), ErrorCode::kBadInput);
  EXPECT_EQ(test::error_of({"Unsqueeze", {block()}}), ErrorCode::kBadInput);
}

TEST(ShapeOf, RangesOfDimensions) {
  EXPECT_EQ(values_of(run_single({"Shape", {block()}})), (Values{1, 2, 3}));
  EXPECT_EQ(values_of(run_single({"Shape", {block()}, {{"start", int64_t{-2}}}})), (Values{2, 3}));
  EXPECT_EQ(
      values_of(run_single({"Shape", {block()}, {{"start", int64_t{2}}, {"end", int64_t{1}}}})),
      (Values{}));
  EXPECT_EQ(values_of(run_single({"Size", {block()}})), (Values{6}));
}

}  // namespace
}  // namespace edgeopt
