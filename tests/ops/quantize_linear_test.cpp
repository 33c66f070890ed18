#include "ops/quantize_linear.h"

#include <gtest/gtest.h>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::floats;
using test::make_tensor;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;

TEST(QuantizeLinear, RoundsHalfToEvenBeforeTheZeroPointAndSaturates) {
  const Tensor x = floats({5}, {0.5, 1.5, 2.5, -300, 300});
  const Tensor y =
      run_single({"QuantizeLinear", {x, floats({}, {1}), make_tensor(DataType::kUint8, {}, {1})}});
  EXPECT_EQ(values_of(y), (Values{1, 3, 3, 0, 255}));
}

TEST(QuantizeLinear, OneGridForATensor) {
  const Tensor scale = floats({}, {0.5});
  const auto grid = [&](DataType type, const Tensor& of, const std::vector<double>& zero_points) {
    const auto count = static_cast<int64_t>(zero_points.size());
    const Tensor zero_point = make_tensor(type, {count}, zero_points);
    return tensor_grid(type, &of, &zero_point);
  };
  EXPECT_EQ(grid(DataType::kUint8, scale, {7}), (Grid{0.5F, 7, 0, 255}));
  EXPECT_EQ(grid(DataType::kInt8, scale, {-7}), (Grid{0.5F, -7, -128, 127}));
  EXPECT_EQ(grid(DataType::kUint16, scale, {7}), (Grid{0.5F, 7, 0, 65535}));
  EXPECT_EQ(grid(DataType::kInt16, scale, {-7}), (Grid{0.5F, -7, -32768, 32767}));
  EXPECT_EQ(tensor_grid(DataType::kInt8, &scale, nullptr), (Grid{0.5F, 0, -128, 127}));
  EXPECT_FALSE(grid(DataType::kInt32, scale, {0}));
  EXPECT_FALSE(grid(DataType::kInt8, floats({2}, {0.5, 1}), {0, 0}));
  EXPECT_FALSE(grid(DataType::kInt8, floats({}, {0}), {0}));
  EXPECT_FALSE(tensor_grid(DataType::kInt8, nullptr, nullptr));
}

TEST(QuantizeLinear, SixteenAndFourBits) {
  const Tensor x = floats({3}, {-9, 3, 40000});
  const auto codes = [&](DataType type) {
    return values_of(
        run_single({"QuantizeLinear", {x, floats({}, {1}), make_tensor(type, {}, {0})}}));
  };
  EXPECT_EQ(codes(DataType::kInt16), (Values{-9, 3, 32767}));
  EXPECT_EQ(codes(DataType::kUint16), (Values{0, 3, 40000}));
  EXPECT_EQ(codes(DataType::kInt4), (Values{-8, 3, 7}));
  EXPECT_EQ(codes(DataType::kUint4), (Values{0, 3, 15}));
}

TEST(QuantizeLinear, PerAxisAndOutputType) {
  const Tensor x = floats({2, 2}, {2, 4, 2, 4});
  const Tensor y = run_single(
      {"QuantizeLinear",
       {x, floats({2}, {1, 2})},
       {{"axis", int64_t{0}, ""}, {"output_dtype", static_cast<int64_t>(DataType::kInt8), ""}}});
  EXPECT_EQ(y.type(), DataType::kInt8);
  EXPECT_EQ(values_of(y), (Values{2, 4, 1, 2}));
  EXPECT_EQ(test::error_of({"QuantizeLinear", {x, floats({3}, {1, 2, 3})}}), ErrorCode::kBadInput);
}

TEST(DequantizeLinear, BlocksAlongAnAxisWithAShortLastOne) {
  const Tensor x = make_tensor(DataType::kInt8, {3, 2}, {1, 1, 1, 1, 1, 1});
  const Tensor scale = floats({2, 2}, {1, 2, 3, 4});
  const Tensor y = run_single(
      {"DequantizeLinear", {x, scale}, {{"axis", int64_t{0}, ""}, {"block_size", int64_t{2}, ""}}});
  EXPECT_EQ(values_of(y), (Values{1, 2, 1, 2, 3, 4}));
}

TEST(DequantizeLinear, PackedAndInt32Codes) {
  const Tensor packed = make_tensor(DataType::kInt4, {3}, {-8, 0, 7});
  EXPECT_EQ(
      values_of(run_single({"DequantizeLinear",
                            {packed, floats({}, {0.5}), make_tensor(DataType::kInt4, {}, {1})}})),
      (Values{-4.5, -0.5, 3}));
  const Tensor wide = make_tensor(DataType::kInt32, {1}, {1 << 20});
  EXPECT_EQ(values_of(run_single({"DequantizeLinear", {wide, floats({}, {0.5})}})),
            (Values{1 << 19}));
}

TEST(Cast, SaturatesWraps) {
  const auto cast = [](const Tensor& x, DataType to) {
    return run_single({"Cast", {x}, {{"to", static_cast<int64_t>(to), ""}}});
  };
  const Tensor x = floats({4}, {-1.9, 1.9, 300, 1e30});
  EXPECT_EQ(values_of(cast(x, DataType::kInt32))[0], -1);
  EXPECT_EQ(values_of(cast(x, DataType::kInt32))[1], 1);
  EXPECT_EQ(values_of(cast(x, DataType::kUint8))[2], 44);
  EXPECT_EQ(values_of(cast(floats({2}, {0, 0.1}), DataType::kBool)), (Values{0, 1}));
  EXPECT_EQ(values_of(cast(floats({2}, {-3, 5}), DataType::kInt4)), (Values{-3, 5}));
  EXPECT_EQ(values_of(cast(make_tensor(DataType::kUint4, {3}, {1, 15, 3}), DataType::kFloat)),
            (Values{1, 15, 3}));
  const Tensor text = cast(floats({3}, {1, 0.1, 1e20}), DataType::kString);
  EXPECT_EQ(text.data<std::string>()[0], "1.0");
  EXPECT_EQ(text.data<std::string>()[1], "0.1");
  EXPECT_EQ(text.data<std::string>()[2], "1e+20");
}

}  // namespace
}  // namespace edgeopt
