#include <gtest/gtest.h>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::floats;
using test::make_tensor;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;

TEST(Constant, EveryAttribute) {
  EXPECT_EQ(values_of(run_single({"Constant", {}, {{"value", floats({2}, {1, 2})}}})),
            (Values{1, 2}));
  EXPECT_EQ(values_of(run_single({"Constant", {}, {{"value_float", 3.0F}}})), (Values{3}));
  EXPECT_EQ(run_single({"Constant", {}, {{"value_int", int64_t{3}}}}).type(), DataType::kInt64);
  EXPECT_EQ(values_of(run_single({"Constant", {}, {{"value_floats", std::vector<float>{1, 2}}}})),
            (Values{1, 2}));
  EXPECT_EQ(values_of(run_single({"Constant", {}, {{"value_ints", std::vector<int64_t>{4, 5}}}})),
            (Values{4, 5}));
  const Tensor texts =
      run_single({"Constant", {}, {{"value_strings", std::vector<std::string>{"a", "b"}}}});
  EXPECT_EQ(texts.data<std::string>()[1], "b");
  EXPECT_EQ(test::error_of({"Constant", {}}), ErrorCode::kUnsupported);
}

TEST(ConstantOfShape, FillsWithItsValue) {
  const Tensor shape = Tensor::from_ints({2}, {1, 2});
  EXPECT_EQ(values_of(run_single({"ConstantOfShape", {shape}})), (Values{0, 0}));
  const Tensor value = make_tensor(DataType::kInt32, {1}, {7});
  const Tensor y = run_single({"ConstantOfShape", {shape}, {{"value", value}}});
  EXPECT_EQ(y.type(), DataType::kInt32);
  EXPECT_EQ(values_of(y), (Values{7, 7}));
  EXPECT_EQ(test::error_of({"ConstantOfShape", {Tensor::from_ints({1}, {-1})}}),
            ErrorCode::kBadInput);
}

TEST(EyeLike, ShiftedDiagonal) {
  const Tensor x = floats({2, 3}, Values(6, 5.0));
  EXPECT_EQ(values_of(run_single({"EyeLike", {x}, {{"k", int64_t{1}}}})),
            (Values{0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(run_single({"EyeLike", {x}, {{"dtype", int64_t{7}}}}).type(), DataType::kInt64);
}

TEST(Range, StepsUpToButNotTheLimit) {
  const auto range = [](double start, double limit, double delta) {
    return values_of(
        run_single({"Range", {floats({}, {start}), floats({}, {limit}), floats({}, {delta})}}));
  };
  EXPECT_EQ(range(1, 5, 2), (Values{1, 3}));
  EXPECT_EQ(range(5, 1, -3), (Values{5, 2}));
  EXPECT_EQ(range(5, 1, 1), (Values{}));
  EXPECT_EQ(test::error_of({"Range", {floats({}, {0}), floats({}, {1}), floats({}, {0})}}),
            ErrorCode::kBadInput);
}

}  // namespace
}  // namespace edgeopt
