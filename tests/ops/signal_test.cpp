// Windows, DFT, STFT, MelWeightMatrix, and the two losses.
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

TEST(Windows, PeriodicAndSymmetric) {
  const Tensor four = Tensor::from_ints({}, {4});
  const Tensor five = Tensor::from_ints({}, {5});
  const std::vector<Attribute> symmetric = {{"periodic", int64_t{0}}};
  expect_near(run_single({"HannWindow", {four}}), {0, 0.5, 1, 0.5});
  expect_near(run_single({"HannWindow", {five}, symmetric}), {0, 0.5, 1, 0.5, 0});
  expect_near(run_single({"BlackmanWindow", {four}}), {0, 0.34, 1, 0.34});
  const double edge = 4.0 / 46;
  expect_near(run_single({"HammingWindow", {five}, symmetric}),
              {edge, 25.0 / 46, 1, 25.0 / 46, edge});
}

TEST(DFT, ForwardInverseAndOneSided) {
  const Tensor x = floats({1, 4, 1}, {1, 2, 3, 4});
  const std::vector<Attribute> along = {{"axis", int64_t{1}}};
  const Tensor spectrum = run_single({"DFT", {x}, along, 1, "", 17});
  expect_near(spectrum, {10, 0, -2, 2, -2, 0, -2, -2});
  const Tensor back =
      run_single({"DFT", {spectrum}, {{"axis", int64_t{1}}, {"inverse", int64_t{1}}}, 1, "", 17});
  expect_near(back, {1, 0, 2, 0, 3, 0, 4, 0});
  EXPECT_EQ(run_single({"DFT", {x}, {{"onesided", int64_t{1}}}}).shape(), (Shape{1, 3, 2}));
  const Tensor padded = run_single({"DFT", {x, Tensor::from_ints({}, {5})}});
  EXPECT_EQ(padded.shape(), (Shape{1, 5, 2}));
  EXPECT_NEAR(values_of(padded)[0], 10, 1e-5);
}

TEST(STFT, FramesTimesWindow) {
  const Tensor x = floats({1, 4, 1}, {1, 2, 3, 4});
  const Tensor y = run_single({"STFT", {x, Tensor::from_ints({}, {2}), floats({2}, {1, 0.5})}});
  EXPECT_EQ(y.shape(), (Shape{1, 2, 2, 2}));
  expect_near(y, {2, 0, 0, 0, 5, 0, 1, 0});
  EXPECT_EQ(error_of({"STFT", {x, Tensor::from_ints({}, {0}), floats({2}, {1, 1})}}),
            ErrorCode::kBadInput);
}

TEST(MelWeightMatrix, FiltersPeakAtOne) {
  const Tensor y =
      run_single({"MelWeightMatrix",
                  {Tensor::from_ints({}, {4}), Tensor::from_ints({}, {64}),
                   Tensor::from_ints({}, {8000}), Tensor::scalar(0), Tensor::scalar(4000)}});
  ASSERT_EQ(y.shape(), (Shape{33, 4}));
  const Values values = values_of(y);
  for (size_t filter = 0; filter < 4; ++filter) {
    double top = 0;
    for (size_t bin = 0; bin < 33; ++bin) top = std::max(top, values[bin * 4 + filter]);
    EXPECT_EQ(top, 1.0);
  }
}

TEST(Loss, WeightsIgnoredLabelsAndReductions) {
  const Tensor scores = floats({3, 2}, {-1, -2, -3, -4, -5, -6});
  const Tensor labels = Tensor::from_ints({3}, {0, 1, 1});
  const Tensor weights = floats({2}, {1, 3});
  const auto loss = [&](const std::string& reduction, int64_t ignored) {
    return run_single({"NegativeLogLikelihoodLoss",
                       {scores, labels, weights},
                       {{"reduction", reduction}, {"ignore_index", ignored}}});
  };
  expect_near(loss("none", -1), {1, 12, 18});
  expect_near(loss("sum", -1), {31});
  expect_near(loss("mean", -1), {31.0 / 7});
  expect_near(loss("mean", 1), {1});
  EXPECT_EQ(error_of({"NegativeLogLikelihoodLoss", {scores, Tensor::from_ints({3}, {0, 1, 2})}}),
            ErrorCode::kBadInput);
}

TEST(Loss, CrossEntropyIsOfTheSoftmax) {
  const std::vector<Tensor> y = test::run(
      {"SoftmaxCrossEntropyLoss", {floats({1, 2}, {1, 1}), Tensor::from_ints({1}, {0})}, {}, 2});
  expect_near(y[0], {std::log(2.0)});
  expect_near(y[1], {-std::log(2.0), -std::log(2.0)});
}

}  // namespace
}  // namespace edgeopt
