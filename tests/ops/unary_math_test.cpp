#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ops/op.h"
#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::floats;
using test::make_tensor;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Values map(const std::string& op, const Values& x, std::vector<Attribute> attributes = {}) {
  return values_of(
      run_single({op, {floats({static_cast<int64_t>(x.size())}, x)}, std::move(attributes)}));
}

TEST(UnaryMath, RoundIsHalfToEven) {
  EXPECT_EQ(map("Round", {0.5, 1.5, 2.5, -0.5, -1.5}), (Values{0, 2, 2, 0, -2}));
}

TEST(UnaryMath, LowestIntegerIsItsOwnMagnitude) {
  EXPECT_EQ(values_of(run_single({"Abs", {make_tensor(DataType::kInt8, {2}, {-128, -5})}})),
            (Values{-128, 5}));
  EXPECT_EQ(values_of(run_single({"Neg", {make_tensor(DataType::kInt8, {2}, {-128, 5})}})),
            (Values{-128, -5}));
}

TEST(UnaryMath, HalfTypesGoThroughFloat) {
  const Tensor x = make_tensor(DataType::kFloat16, {2}, {0.25, 4});
  const Tensor y = run_single({"Sqrt", {x}});
  EXPECT_EQ(y.type(), DataType::kFloat16);
  EXPECT_EQ(values_of(y), (Values{0.5, 2}));
}

TEST(UnaryMath, UnsupportedTypeIsSaid) {
  EXPECT_EQ(test::error_of({"Exp", {make_tensor(DataType::kInt32, {1}, {1})}}),
            ErrorCode::kUnsupported);
}

TEST(UnaryLogic, IsInfHonoursItsAttributes) {
  EXPECT_EQ(map("IsInf", {kInfinity, -kInfinity, 1}), (Values{1, 1, 0}));
  EXPECT_EQ(map("IsInf", {kInfinity, -kInfinity, 1}, {{"detect_positive", int64_t{0}, ""}}),
            (Values{0, 1, 0}));
}

TEST(Activations, LargeMagnitudesStayFinite) {
  EXPECT_EQ(map("Softplus", {1000, -1000}), (Values{1000, 0}));
  EXPECT_EQ(map("Sigmoid", {1000, -1000}), (Values{1, 0}));
  EXPECT_EQ(map("Mish", {1000, -1000}), (Values{1000, 0}));
}

TEST(Activations, OnnxRuntimesOwnGeluIsTheSame) {
  const Operator* own = find_operator("Gelu", "com.microsoft");
  ASSERT_NE(own, nullptr) << "MicrosoftGelu";
  EXPECT_EQ(own->compute, find_operator("Gelu", "")->compute);
  EXPECT_TRUE(own->traits.quantizable && own->traits.elementwise);
}

TEST(Activations, GeluInBothForms) {
  EXPECT_NEAR(map("Gelu", {1})[0], 0.8413447, 1e-6);
  EXPECT_NEAR(map("Gelu", {1}, {{"approximate", std::string("tanh"), ""}})[0], 0.8411920, 1e-6);
}

TEST(Activations, SwishAndMish) {
  EXPECT_NEAR(map("Swish", {1})[0], 0.7310586, 1e-6);
  EXPECT_NEAR(map("Swish", {1}, {{"alpha", 2.0F, ""}})[0], 0.8807971, 1e-6);
  EXPECT_NEAR(map("Mish", {1})[0], 0.8650984, 1e-6);
}

TEST(Clip, UpperLimitWinsAndNanStays) {
  const Tensor x = floats({3}, {-5, 5, std::nan("")});
  const Values y = values_of(run_single({"Clip", {x, floats({}, {2}), floats({}, {1})}}));
  EXPECT_EQ(y[0], 1);
  EXPECT_EQ(y[1], 1);
  EXPECT_TRUE(std::isnan(y[2]));
  EXPECT_EQ(test::error_of({"Clip", {x, make_tensor(DataType::kInt32, {}, {0})}}),
            ErrorCode::kBadInput);
}

TEST(Softmax, AlongAnyAxis) {
  const Tensor x = floats({2, 2}, {0, 0, 0, 1000});
  const Values y = values_of(run_single({"Softmax", {x}, {{"axis", int64_t{0}, ""}}}));
  EXPECT_EQ(y, (Values{0.5, 0, 0.5, 1}));
  EXPECT_EQ(test::error_of({"Softmax", {x}, {{"axis", int64_t{2}, ""}}}), ErrorCode::kBadInput);
}

TEST(Dropout, TrainingIsUnsupported) {
  const Tensor x = floats({2}, {1, 2});
  EXPECT_EQ(values_of(run_single({"Dropout", {x}})), (Values{1, 2}));
  EXPECT_EQ(
      test::error_of({"Dropout", {x, floats({}, {0.5}), make_tensor(DataType::kBool, {}, {1})}}),
      ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace edgeopt
