#include <gtest/gtest.h>

#include "support/one_node.h"
#include "support/prepared.h"
#include "support/values.h"

namespace edgeopt {
namespace {

using test::error_of;
using test::floats;
using test::make_tensor;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;

const Tensor& square() {
  static const Tensor a = floats({2, 2}, {1, 2, 3, 4});
  return a;
}

TEST(MatMul, MatricesAndVectors) {
  EXPECT_EQ(values_of(run_single({"MatMul", {square(), square()}})), (Values{7, 10, 15, 22}));
  const Tensor v = floats({2}, {1, -1});
  const Tensor right = run_single({"MatMul", {square(), v}});
  EXPECT_EQ(right.shape(), (Shape{2}));
  EXPECT_EQ(values_of(right), (Values{-1, -1}));
  EXPECT_EQ(values_of(run_single({"MatMul", {v, square()}})), (Values{-2, -2}));
  EXPECT_EQ(run_single({"MatMul", {v, v}}).shape(), Shape{});
}

TEST(MatMul, BatchesBroadcast) {
  const Tensor a = floats({2, 1, 1, 2}, {1, 2, 3, 4});
  const Tensor b = floats({3, 2, 1}, {1, 0, 0, 1, 1, 1});
  const Tensor y = run_single({"MatMul", {a, b}});
  EXPECT_EQ(y.shape(), (Shape{2, 3, 1, 1}));
  EXPECT_EQ(values_of(y), (Values{1, 2, 3, 3, 4, 7}));
}

TEST(MatMul, IntegersAndHalves) {
  for (const DataType type : {DataType::kInt32, DataType::kUint64, DataType::kFloat16}) {
    const Tensor a = make_tensor(type, {1, 2}, {3, 4});
    EXPECT_EQ(values_of(run_single({"MatMul", {a, make_tensor(type, {2, 1}, {2, 5})}})),
              (Values{26}));
  }
}

TEST(MatMul, EmptyDepthGivesZeros) {
  EXPECT_EQ(values_of(run_single({"MatMul", {floats({2, 0}, {}), floats({0, 1}, {})}})),
            (Values{0, 0}));
}

TEST(MatMul, ShapesThatDoNotFitAreBadInput) {
  EXPECT_EQ(error_of({"MatMul", {square(), floats({3}, {1, 2, 3})}}), ErrorCode::kBadInput);
  EXPECT_EQ(error_of({"MatMul", {square(), Tensor::scalar(1)}}), ErrorCode::kBadInput);
  EXPECT_EQ(error_of({"MatMul", {floats({2, 1, 1}, {1, 2}), floats({3, 1, 1}, {1, 2, 3})}}),
            ErrorCode::kBadInput);
}

TEST(Gemm, TransposesFactorsAndAddend) {
  const Tensor a = floats({2, 1}, {1, 2});
  const Tensor b = floats({3, 2}, {1, 2, 3, 4, 5, 6});
  const Tensor y = run_single(
      {"Gemm",
       {a, b, floats({1}, {10})},
       {{"transA", int64_t{1}}, {"transB", int64_t{1}}, {"alpha", 2.0F}, {"beta", 0.5F}}});
  EXPECT_EQ(y.shape(), (Shape{1, 3}));
  EXPECT_EQ(values_of(y), (Values{15, 27, 39}));
}

TEST(Gemm, AddendBroadcastsToTheOutputOnly) {
  const Tensor column = floats({2, 1}, {10, 20});
  EXPECT_EQ(values_of(run_single({"Gemm", {square(), square(), column}})),
            (Values{17, 20, 35, 42}));
  EXPECT_EQ(error_of({"Gemm", {square(), square(), floats({3}, {1, 2, 3})}}), ErrorCode::kBadInput);
  EXPECT_EQ(error_of({"Gemm", {square(), square(), floats({1, 2, 2}, {1, 2, 3, 4})}}),
            ErrorCode::kBadInput);
  EXPECT_EQ(error_of({"Gemm", {square(), floats({3, 1}, {1, 2, 3})}}), ErrorCode::kBadInput);
}

Tensor random_tensor(Shape shape, uint64_t seed) {
  const int64_t count = element_count(shape);
  return Tensor::from_floats(std::move(shape), test::normal_floats(count, seed));
}

TEST(MatMul, PlannedAsComputed) {
  test::expect_planned_as_computed(
      {"MatMul", {random_tensor({2, 7, 9}, 1), random_tensor({9, 20}, 2)}}, false);
  test::expect_planned_as_computed(
      {"MatMul", {random_tensor({2, 1, 7, 9}, 1), random_tensor({3, 9, 5}, 2)}}, false);
  test::expect_planned_as_computed(
      {"MatMul", {random_tensor({2, 3, 4}, 1), random_tensor({2, 4, 3}, 2)}}, false);
}

TEST(MatMul, MatricesInAnotherLayoutAreDeclined) {
  const test::OneNode node = {"MatMul", {random_tensor({2, 3, 4}, 1), random_tensor({2, 4, 3}, 2)}};
  EXPECT_FALSE(test::run_planned(node, {.x_layout = Layout::kChannelsLast}));
  EXPECT_FALSE(test::run_planned(node, {.y_layout = Layout::kChannelsLast}));
}

TEST(Gemm, PlannedAsComputed) {
  test::OneNode node = {"Gemm",
                        {random_tensor({9, 7}, 1), random_tensor({20, 9}, 2)},
                        {{"transA", int64_t{1}}, {"transB", int64_t{1}}, {"alpha", 0.5F}}};
  test::expect_planned_as_computed(node, false);
  node.inputs.push_back(random_tensor({1, 20}, 3));
  node.attributes.push_back({"beta", 2.0F});
  const auto planned = test::run_planned(node, {.constant = {false, true, true}});
  ASSERT_TRUE(planned);
  const Values expected = values_of(run_single(node));
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(planned->data<float>()[i], expected[i], 1e-5);
  }
  EXPECT_FALSE(test::run_planned(node, {})) << "an addend that is not constant is declined";
}

}  // namespace
}  // namespace edgeopt
