#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::floats;
using test::make_tensor;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;

const Tensor& cube() {
  static const Tensor x = floats({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  return x;
}

Tensor axes(const std::vector<int64_t>& values) {
  return Tensor::from_ints({static_cast<int64_t>(values.size())}, values);
}

TEST(Reduce, AxesInAnyOrderAsInputOrAttribute) {
  const Tensor y = run_single({"ReduceSum", {cube(), axes({-1, 0})}});
  EXPECT_EQ(y.shape(), (Shape{1, 2, 1}));
  EXPECT_EQ(values_of(y), (Values{14, 22}));
  const Tensor dropped =
      run_single({"ReduceMean",
                  {cube()},
                  {{"axes", std::vector<int64_t>{1}, ""}, {"keepdims", int64_t{0}, ""}}});
  EXPECT_EQ(dropped.shape(), (Shape{2, 2}));
  EXPECT_EQ(values_of(dropped), (Values{2, 3, 6, 7}));
}

TEST(Reduce, NoAxesMeanAllOrNone) {
  EXPECT_EQ(values_of(run_single({"ReduceProd", {cube()}})), (Values{40320}));
  const Tensor scalar = run_single({"ReduceMax", {cube()}, {{"keepdims", int64_t{0}, ""}}});
  EXPECT_EQ(scalar.shape(), Shape{});
  const Tensor same =
      run_single({"ReduceSum",
                  {cube(), axes({})},
                  {{"noop_with_empty_axes", int64_t{1}, ""}, {"keepdims", int64_t{0}, ""}}});
  EXPECT_EQ(same.shape(), cube().shape());
  EXPECT_EQ(values_of(same), values_of(cube()));
}

TEST(Reduce, EmptySetsGiveTheNeutralElement) {
  const Tensor empty = floats({2, 0}, {});
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(values_of(run_single({"ReduceSum", {empty, axes({1})}})), (Values{0, 0}));
  EXPECT_EQ(values_of(run_single({"ReduceMin", {empty, axes({1})}})), (Values{infinity, infinity}));
  EXPECT_EQ(values_of(run_single({"ReduceLogSumExp", {empty, axes({1})}})),
            (Values{-infinity, -infinity}));
}

TEST(Reduce, LogSumExpDoesNotOverflowAndNanWins) {
  EXPECT_NEAR(values_of(run_single({"ReduceLogSumExp", {floats({2}, {1000, 1000})}}))[0],
              1000 + std::log(2.0), 1e-3);
  EXPECT_TRUE(
      std::isnan(values_of(run_single({"ReduceMax", {floats({2}, {std::nan(""), 1})}}))[0]));
}

TEST(Reduce, BoolMaximumIsAny) {
  const Tensor x = make_tensor(DataType::kBool, {2, 2}, {0, 1, 0, 0});
  EXPECT_EQ(values_of(run_single({"ReduceMax", {x, axes({1})}})), (Values{1, 0}));
}

TEST(ArgExtreme, TiesGoToTheFirstOrTheLast) {
  const Tensor x = floats({2, 3}, {1, 3, 3, 2, 2, 0});
  const std::vector<Attribute> along = {{"axis", int64_t{1}, ""}};
  EXPECT_EQ(values_of(run_single({"ArgMax", {x}, along})), (Values{1, 0}));
  EXPECT_EQ(
      values_of(run_single(
          {"ArgMax", {x}, {{"axis", int64_t{-1}, ""}, {"select_last_index", int64_t{1}, ""}}})),
      (Values{2, 1}));
  EXPECT_EQ(values_of(run_single({"ArgMin", {x}, along})), (Values{0, 2}));
  EXPECT_EQ(test::error_of({"ArgMax", {floats({0}, {})}}), ErrorCode::kBadInput);
}

TEST(CumSum, ExclusiveAndReverse) {
  const Tensor x = floats({3}, {1, 2, 3});
  const Tensor axis = Tensor::from_ints({}, {0});
  EXPECT_EQ(
      values_of(run_single(
          {"CumSum", {x, axis}, {{"exclusive", int64_t{1}, ""}, {"reverse", int64_t{1}, ""}}})),
      (Values{5, 3, 0}));
}

}  // namespace
}  // namespace edgeopt
