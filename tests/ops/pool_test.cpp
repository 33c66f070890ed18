#include <gtest/gtest.h>

#include <cmath>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::error_of;
using test::floats;
using test::make_tensor;
using test::run_single;
using test::values_of;
using Ints = std::vector<int64_t>;
using Values = std::vector<double>;

const Tensor& five() {
  static const Tensor x = floats({1, 1, 5}, {1, 5, 2, 4, 3});
  return x;
}

std::vector<Attribute> window(Ints kernel, Ints strides = {}, std::vector<Attribute> more = {}) {
  more.push_back({"kernel_shape", std::move(kernel)});
  if (!strides.empty()) more.push_back({"strides", std::move(strides)});
  return more;
}

TEST(MaxPool, StridesDilationsAndCeilMode) {
  EXPECT_EQ(values_of(run_single({"MaxPool", {five()}, window({2}, {2})})), (Values{5, 4}));
  EXPECT_EQ(
      values_of(run_single({"MaxPool", {five()}, window({2}, {2}, {{"ceil_mode", int64_t{1}}})})),
      (Values{5, 4, 3}));
  EXPECT_EQ(values_of(run_single({"MaxPool", {five()}, window({2}, {}, {{"dilations", Ints{3}}})})),
            (Values{4, 5}));
}

TEST(MaxPool, PaddingNeverWins) {
  const Tensor x = floats({1, 1, 2}, {-1, -2});
  EXPECT_EQ(values_of(run_single({"MaxPool", {x}, window({2}, {}, {{"pads", Ints{1, 1}}})})),
            (Values{-1, -1, -2}));
}

TEST(MaxPool, PlacesAreFlatInTheWholeTensor) {
  const Tensor x = floats({1, 2, 2, 2}, {1, 2, 3, 4, 8, 7, 6, 5});
  const auto both = test::run({"MaxPool", {x}, window({2, 2}), 2});
  EXPECT_EQ(values_of(both[0]), (Values{4, 8}));
  EXPECT_EQ(values_of(both[1]), (Values{3, 4}));
  const Tensor wide = floats({1, 1, 2, 3}, {1, 2, 3, 4, 5, 0});
  const auto column =
      test::run({"MaxPool", {wide}, window({2, 3}, {}, {{"storage_order", int64_t{1}}}), 2});
  EXPECT_EQ(values_of(column[1]), (Values{3}));
}

TEST(MaxPool, Bytes) {
  const Tensor x = make_tensor(DataType::kInt8, {1, 1, 3}, {-5, -7, -6});
  EXPECT_EQ(values_of(run_single({"MaxPool", {x}, window({2})})), (Values{-5, -6}));
}

TEST(AveragePool, DivisorWithAndWithoutPadding) {
  const Tensor x = floats({1, 1, 3}, {1, 2, 3});
  const std::vector<Attribute> padded = {{"pads", Ints{1, 1}}};
  EXPECT_EQ(values_of(run_single({"AveragePool", {x}, window({3}, {2}, padded)})),
            (Values{1.5, 2.5}));
  std::vector<Attribute> counted = padded;
  counted.push_back({"count_include_pad", int64_t{1}});
  EXPECT_EQ(values_of(run_single({"AveragePool", {x}, window({3}, {2}, counted)})),
            (Values{1, 5.0F / 3}));
}

TEST(AveragePool, WhatCeilModeAddsBehindThePaddingIsNotCounted) {
  const Tensor x = floats({1, 1, 4}, {1, 2, 3, 6});
  const auto y = run_single(
      {"AveragePool",
       {x},
       window({3}, {2}, {{"ceil_mode", int64_t{1}}, {"count_include_pad", int64_t{1}}})});
  EXPECT_EQ(values_of(y), (Values{2, 4.5}));
}

TEST(AveragePool, Dilations) {
  EXPECT_EQ(
      values_of(run_single({"AveragePool", {five()}, window({2}, {}, {{"dilations", Ints{4}}})})),
      (Values{2}));
}

TEST(LpPool, NormOfEachWindow) {
  const Tensor x = floats({1, 1, 3}, {3, -4, 0});
  EXPECT_EQ(values_of(run_single({"LpPool", {x}, window({2})})), (Values{5, 4}));
  EXPECT_EQ(values_of(run_single({"LpPool", {x}, window({2}, {}, {{"p", int64_t{1}}})})),
            (Values{7, 4}));
}

TEST(GlobalPool, OneNumberForEachChannel) {
  const Tensor x = floats({1, 2, 1, 3}, {1, 2, 6, -3, -4, 0});
  const Tensor y = run_single({"GlobalAveragePool", {x}});
  EXPECT_EQ(y.shape(), (Shape{1, 2, 1, 1}));
  EXPECT_EQ(values_of(y), (Values{3, -7.0F / 3}));
  EXPECT_EQ(values_of(run_single({"GlobalMaxPool", {x}})), (Values{6, 0}));
  EXPECT_EQ(values_of(run_single({"GlobalLpPool", {x}}))[1], 5);
}

TEST(Pool, MalformedNodesAreBadInput) {
  EXPECT_EQ(error_of({"MaxPool", {five()}}), ErrorCode::kBadInput);
  EXPECT_EQ(error_of({"MaxPool", {five()}, window({6})}), ErrorCode::kBadInput);
  EXPECT_EQ(error_of({"MaxPool", {five()}, window({2, 2})}), ErrorCode::kBadInput);
  EXPECT_EQ(error_of({"AveragePool", {five()}, window({0})}), ErrorCode::kBadInput);
  EXPECT_EQ(error_of({"GlobalMaxPool", {floats({1}, {1})}}), ErrorCode::kBadInput);
}

TEST(BatchNormalization, EachChannelByItsStatistics) {
  const Tensor x = floats({1, 2, 2}, {1, 2, 3, 4});
  const Tensor y = run_single(
      {"BatchNormalization",
       {x, floats({2}, {2, 1}), floats({2}, {0, 1}), floats({2}, {1, 3}), floats({2}, {4, 1})},
       {{"epsilon", 0.0F}}});
  EXPECT_EQ(values_of(y), (Values{0, 1, 1, 2}));
  EXPECT_EQ(error_of({"BatchNormalization",
                      {x, floats({1}, {2}), floats({2}, {0, 1}), floats({2}, {1, 3}),
                       floats({2}, {4, 1})}}),
            ErrorCode::kBadInput);
}

}  // namespace
}  // namespace edgeopt
