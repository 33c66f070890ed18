#include <gtest/gtest.h>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::error_of;
using test::floats;
using test::make_tensor;
using test::OneNode;
using test::values_of;
using Ints = std::vector<int64_t>;
using Values = std::vector<double>;

OneNode quantized_conv(Tensor x, Tensor w, Tensor scale, Tensor bias) {
  return {.op_type = "QuantizedConv",
          .inputs = {std::move(x), std::move(w), std::move(scale), std::move(bias)},
          .attributes = {{"x_zero_point", int64_t{2}}, {"pads", Ints{0, 0, 0, 1}}},
          .domain = "edgeopt"};
}

TEST(QuantizedConv, HandWorkedExample) {
  const Tensor x = make_tensor(DataType::kUint8, {1, 1, 2, 2}, {2, 3, 255, 0});
  const Tensor w = make_tensor(DataType::kInt8, {2, 1, 1, 2}, {1, -2, -128, 127});
  const Tensor y =
      test::run_single(quantized_conv(x, w, floats({2}, {0.5, 2}), floats({2}, {10, -1})));
  EXPECT_EQ(y.shape(), (Shape{1, 2, 2, 2}));
  // (x - 2) = 0 1 | 253 -2, and 0 beyond the right end.
  EXPECT_EQ(values_of(y), (Values{9, 10.5, 138.5, 9, 253, -257, -65277, 511}));
}

TEST(QuantizedConv, WhatIsNoCodeIsRefused) {
  const Tensor x = make_tensor(DataType::kUint8, {1, 1, 2, 2}, {2, 3, 255, 0});
  const Tensor w = make_tensor(DataType::kInt8, {1, 1, 1, 2}, {1, -2});
  const Tensor one = floats({1}, {1});
  EXPECT_EQ(error_of(quantized_conv(floats({1, 1, 2, 2}, {1, 2, 3, 4}), w, one, one)),
            ErrorCode::kBadInput);
  EXPECT_EQ(error_of(quantized_conv(x, floats({1, 1, 1, 2}, {1, 2}), one, one)),
            ErrorCode::kBadInput);
  EXPECT_EQ(error_of(quantized_conv(x, w, floats({2}, {1, 2}), one)), ErrorCode::kBadInput);
  EXPECT_EQ(error_of(quantized_conv(x, w, x, one)), ErrorCode::kBadInput);
  EXPECT_EQ(error_of(quantized_conv(x, w, one, floats({2}, {1, 2}))), ErrorCode::kBadInput);
}

}  // namespace
}  // namespace edgeopt
