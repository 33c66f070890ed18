#include <gtest/gtest.h>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::floats;
using test::make_tensor;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;

Values ints(const std::string& op, DataType type, const Values& a, const Values& b,
            std::vector<Attribute> attributes = {}) {
  const Shape shape = {static_cast<int64_t>(a.size())};
  return values_of(run_single(
      {op, {make_tensor(type, shape, a), make_tensor(type, shape, b)}, std::move(attributes)}));
}

TEST(BinaryMath, IntegersWrapAround) {
  EXPECT_EQ(ints("Add", DataType::kInt8, {127, -128}, {1, -1}), (Values{-128, 127}));
  EXPECT_EQ(ints("Sub", DataType::kUint8, {0}, {1}), (Values{255}));
  EXPECT_EQ(ints("Mul", DataType::kUint16, {65535}, {65535}), (Values{1}));
  EXPECT_EQ(ints("Mul", DataType::kInt32, {65536}, {65536}), (Values{0}));
}

TEST(BinaryMath, IntegerDivisionTruncatesAndZeroIsAnError) {
  EXPECT_EQ(ints("Div", DataType::kInt32, {7, -7, -2147483648.0}, {2, 2, -1}),
            (Values{3, -3, -2147483648.0}));
  EXPECT_EQ(test::error_of({"Div",
                            {make_tensor(DataType::kInt32, {1}, {1}),
                             make_tensor(DataType::kInt32, {1}, {0})}}),
            ErrorCode::kBadInput);
}

TEST(BinaryMath, ModFollowsTheDivisorAndFmodTheDividend) {
  EXPECT_EQ(ints("Mod", DataType::kInt32, {-4, 7, 5}, {3, -3, 5}), (Values{2, -2, 0}));
  EXPECT_EQ(ints("Mod", DataType::kInt32, {-4, 7}, {3, -3}, {{"fmod", int64_t{1}, ""}}),
            (Values{-1, 1}));
}

TEST(BinaryMath, PowTakesMixedTypes) {
  const Tensor base = make_tensor(DataType::kInt32, {3}, {2, -3, 10});
  EXPECT_EQ(values_of(run_single({"Pow", {base, make_tensor(DataType::kInt64, {}, {3})}})),
            (Values{8, -27, 1000}));
  EXPECT_EQ(values_of(run_single({"Pow", {floats({2}, {4, 9}), floats({}, {0.5})}})),
            (Values{2, 3}));
}

TEST(BinaryMath, ShiftsOfTheWholeWidthGiveZero) {
  EXPECT_EQ(ints("BitShift", DataType::kUint8, {255, 255}, {1, 8},
                 {{"direction", std::string("LEFT"), ""}}),
            (Values{254, 0}));
}

TEST(BinaryMath, BitwiseOperators) {
  EXPECT_EQ(ints("BitwiseAnd", DataType::kInt32, {12, -1}, {10, 7}), (Values{8, 7}));
  EXPECT_EQ(ints("BitwiseOr", DataType::kUint8, {12}, {3}), (Values{15}));
  EXPECT_EQ(ints("BitwiseXor", DataType::kInt64, {12}, {10}), (Values{6}));
  EXPECT_EQ(values_of(run_single({"BitwiseNot", {make_tensor(DataType::kUint8, {2}, {0, 15})}})),
            (Values{255, 240}));
}

TEST(BinaryMath, PReluSlopeBroadcastsOverChannels) {
  const Tensor x = floats({1, 2, 2}, {-1, 2, -3, 4});
  EXPECT_EQ(values_of(run_single({"PRelu", {x, floats({2, 1}, {0.5, 2})}})),
            (Values{-0.5, 2, -6, 4}));
  EXPECT_EQ(test::error_of({"PRelu", {floats({1}, {1}), floats({2}, {1, 2})}}),
            ErrorCode::kBadInput);
}

TEST(BinaryMath, TypesThatDifferAreBadInput) {
  EXPECT_EQ(test::error_of({"Add", {floats({1}, {1}), make_tensor(DataType::kInt32, {1}, {1})}}),
            ErrorCode::kBadInput);
}

}  // namespace
}  // namespace edgeopt
