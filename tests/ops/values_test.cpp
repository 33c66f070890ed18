// Values of the operators of one number, of comparisons, of operators of many operands, of
// reductions, and of softmax and its like, by their definitions in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::floats;
using test::make_tensor;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;
using Function = std::function<double(double)>;

struct OfOneNumber {
  const char* op_type;
  Function f;
  double low = -4;
  double high = 4;
  std::vector<Attribute> attributes = {};
};

void PrintTo(const OfOneNumber& one, std::ostream* stream) { *stream << one.op_type; }

class OneNumber : public testing::TestWithParam<OfOneNumber> {};

TEST_P(OneNumber, AsDefined) {
  const OfOneNumber& one = GetParam();
  Values values;
  for (int i = 0; i <= 64; ++i) values.push_back(one.low + (one.high - one.low) * i / 64);
  const Shape shape = {static_cast<int64_t>(values.size())};
  for (const DataType type : {DataType::kFloat, DataType::kDouble}) {
    const Tensor x = make_tensor(type, shape, values);
    const Values exact = values_of(x);
    const Values made = values_of(run_single({one.op_type, {x}, one.attributes}));
    for (size_t i = 0; i < made.size(); ++i) {
      const double wanted = one.f(exact[i]);
      EXPECT_NEAR(made[i], wanted, 2e-6 * (1 + std::fabs(wanted))) << exact[i];
    }
  }
}

double softplus(double x) { return std::log1p(std::exp(x)); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

INSTANTIATE_TEST_SUITE_P(
    Operators, OneNumber,
    testing::Values(
        OfOneNumber{"Identity", [](double x) { return x; }},
        OfOneNumber{"Relu", [](double x) { return std::max(x, 0.0); }},
        OfOneNumber{"Sign", [](double x) { return x > 0   ? 1.0
                                                  : x < 0 ? -1.0
                                                          : 0.0; }},
        OfOneNumber{"Log", [](double x) { return std::log(x); }, 0.1, 9},
        OfOneNumber{"Reciprocal", [](double x) { return 1 / x; }, 0.1, 9},
        OfOneNumber{"Floor", [](double x) { return std::floor(x); }},
        OfOneNumber{"Ceil", [](double x) { return std::ceil(x); }},
        OfOneNumber{"Erf", [](double x) { return std::erf(x); }},
        OfOneNumber{"Sin", [](double x) { return std::sin(x); }},
        OfOneNumber{"Cos", [](double x) { return std::cos(x); }},
        OfOneNumber{"Tan", [](double x) { return std::tan(x); }, -1.2, 1.2},
        OfOneNumber{"Asin", [](double x) { return std::asin(x); }, -1, 1},
        OfOneNumber{"Acos", [](double x) { return std::acos(x); }, -1, 1},
        OfOneNumber{"Atan", [](double x) { return std::atan(x); }},
        OfOneNumber{"Sinh", [](double x) { return std::sinh(x); }},
        OfOneNumber{"Cosh", [](double x) { return std::cosh(x); }},
        OfOneNumber{"Asinh", [](double x) { return std::asinh(x); }},
        OfOneNumber{"Acosh", [](double x) { return std::acosh(x); }, 1, 9},
        OfOneNumber{"Atanh", [](double x) { return std::atanh(x); }, -0.9, 0.9},
        OfOneNumber{"Tanh", [](double x) { return std::tanh(x); }},
        OfOneNumber{"Sigmoid", [](double x) { return sigmoid(x); }},
        OfOneNumber{"Softsign", [](double x) { return x / (1 + std::fabs(x)); }},
        OfOneNumber{"Softplus", [](double x) { return softplus(x); }},
        OfOneNumber{"Mish", [](double x) { return x * std::tanh(softplus(x)); }},
        OfOneNumber{"Swish", [](double x) { return x * sigmoid(2 * x); }, -4, 4, {{"alpha", 2.0F}}},
        OfOneNumber{"Gelu", [](double x) { return x / 2 * (1 + std::erf(x / std::sqrt(2.0))); }},
        OfOneNumber{"HardSwish", [](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); }},
        OfOneNumber{
            "LeakyRelu", [](double x) { return x < 0 ? 0.25 * x : x; }, -4, 4, {{"alpha", 0.25F}}},
        OfOneNumber{"Elu",
                    [](double x) { return x < 0 ? 2 * std::expm1(x) : x; },
                    -4,
                    4,
                    {{"alpha", 2.0F}}},
        OfOneNumber{"Celu",
                    [](double x) { return x < 0 ? 2 * std::expm1(x / 2) : x; },
                    -4,
                    4,
                    {{"alpha", 2.0F}}},
        OfOneNumber{"Selu",
                    [](double x) { return 3 * (x < 0 ? 2 * std::expm1(x) : x); },
                    -4,
                    4,
                    {{"alpha", 2.0F}, {"gamma", 3.0F}}},
        OfOneNumber{"ThresholdedRelu", [](double x) { return x > 1 ? x : 0; }},
        OfOneNumber{"HardSigmoid",
                    [](double x) { return std::clamp(0.5 * x + 0.25, 0.0, 1.0); },
                    -4,
                    4,
                    {{"alpha", 0.5F}, {"beta", 0.25F}}},
        OfOneNumber{"Shrink",
                    [](double x) { return x < -1  ? x + 2
                                          : x > 1 ? x - 2
                                                  : 0; },
                    -4,
                    4,
                    {{"lambd", 1.0F}, {"bias", 2.0F}}}),
    [](const testing::TestParamInfo<OfOneNumber>& one) { return one.param.op_type; });

TEST(OneNumberMore, NanStaysAndBoolsTurn) {
  const double nan = std::nan("");
  EXPECT_EQ(values_of(run_single({"IsNaN", {floats({2}, {nan, 1})}})), (Values{1, 0}));
  EXPECT_TRUE(std::isnan(values_of(run_single({"Sign", {floats({1}, {nan})}}))[0]));
  EXPECT_EQ(values_of(run_single({"Not", {make_tensor(DataType::kBool, {2}, {1, 0})}})),
            (Values{0, 1}));
  const Tensor like = make_tensor(DataType::kInt32, {1}, {0});
  EXPECT_EQ(run_single({"CastLike", {floats({1}, {2.5}), like}}).type(), DataType::kInt32);
}

TEST(Comparisons, BroadcastToBools) {
  const Tensor a = floats({3}, {1, 2, 3});
  const Tensor b = floats({1}, {2});
  const auto compare = [&](const char* op) { return values_of(run_single({op, {a, b}})); };
  EXPECT_EQ(compare("Equal"), (Values{0, 1, 0}));
  EXPECT_EQ(compare("Greater"), (Values{0, 0, 1}));
  EXPECT_EQ(compare("Less"), (Values{1, 0, 0}));
  EXPECT_EQ(compare("GreaterOrEqual"), (Values{0, 1, 1}));
  EXPECT_EQ(compare("LessOrEqual"), (Values{1, 1, 0}));
  const Tensor p = make_tensor(DataType::kBool, {4}, {0, 0, 1, 1});
  const Tensor q = make_tensor(DataType::kBool, {4}, {0, 1, 0, 1});
  EXPECT_EQ(values_of(run_single({"And", {p, q}})), (Values{0, 0, 0, 1}));
  EXPECT_EQ(values_of(run_single({"Or", {p, q}})), (Values{0, 1, 1, 1}));
  EXPECT_EQ(values_of(run_single({"Xor", {p, q}})), (Values{0, 1, 1, 0}));
  EXPECT_EQ(values_of(run_single({"Where", {p, floats({1}, {7}), floats({4}, {1, 2, 3, 4})}})),
            (Values{1, 2, 7, 7}));
}

TEST(ManyOperands, FoldFromTheLeft) {
  const Tensor a = floats({2}, {1, 8});
  const Tensor b = floats({2}, {4, 5});
  const Tensor c = floats({1}, {4});
  EXPECT_EQ(values_of(run_single({"Min", {a, b, c}})), (Values{1, 4}));
  EXPECT_EQ(values_of(run_single({"Max", {a, b, c}})), (Values{4, 8}));
  EXPECT_EQ(values_of(run_single({"Sum", {a, b, c}})), (Values{9, 17}));
  EXPECT_EQ(values_of(run_single({"Mean", {a, b, c}})), (Values{3, 17 / 3.0F}));
}

TEST(Reductions, OfARow) {
  const Tensor x = floats({1, 3}, {1, -2, 4});
  const Tensor axes = Tensor::from_ints({1}, {1});
  const auto reduce = [&](const char* op) { return values_of(run_single({op, {x, axes}}))[0]; };
  EXPECT_EQ(reduce("ReduceL1"), 7);
  EXPECT_NEAR(reduce("ReduceL2"), std::sqrt(21.0), 1e-6);
  EXPECT_EQ(reduce("ReduceSumSquare"), 21);
  EXPECT_NEAR(reduce("ReduceLogSum"), std::log(3.0), 1e-6);
}

TEST(Softmax, AndItsLike) {
  const Tensor x = floats({1, 2}, {0, std::log(3.0)});
  const Values softmax = values_of(run_single({"Softmax", {x}}));
  EXPECT_NEAR(softmax[0], 0.25, 1e-6);
  EXPECT_NEAR(softmax[1], 0.75, 1e-6);
  const Values logs = values_of(run_single({"LogSoftmax", {x}}));
  EXPECT_NEAR(logs[0], std::log(0.25), 1e-6);
  EXPECT_NEAR(logs[1], std::log(0.75), 1e-6);
  EXPECT_EQ(values_of(run_single({"Hardmax", {x}})), (Values{0, 1}));
}

TEST(DynamicQuantizeLinear, RangeTakesZeroIn) {
  const std::vector<Tensor> y =
      test::run({"DynamicQuantizeLinear", {floats({3}, {1, 2, 5.1})}, {}, 3});
  EXPECT_NEAR(values_of(y[1])[0], 0.02, 1e-6);
  EXPECT_EQ(values_of(y[2]), (Values{0}));
  EXPECT_EQ(values_of(y[0]), (Values{50, 100, 255}));
}

TEST(FakeQuant, PassesThroughWithoutATable) {
  const Tensor x = floats({2}, {0.1, 7});
  EXPECT_EQ(values_of(run_single({"FakeQuant", {x}, {{"encoding", "x"}}, 1, "edgeopt"})),
            values_of(x));
}

}  // namespace
}  // namespace edgeopt
