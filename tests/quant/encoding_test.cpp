#include "quant/encoding.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>

namespace edgeopt {
namespace {

constexpr QuantSpec kAsymmetric{.bits = 8};
constexpr QuantSpec kWeight{.bits = 8, .symmetric = true, .is_signed = true, .narrow = true};
constexpr QuantSpec kAimetWeight{.bits = 8, .symmetric = true, .is_signed = true};

QuantSpec with_bits(QuantSpec spec, int bits) {
  spec.bits = bits;
  return spec;
}

struct Row {
  Range observed;
  QuantSpec spec;
  double min, max, scale;
  int32_t offset;  // AIMET's: -(zero point on the unsigned grid)
};

// Vectors of AIMET's own rules (doubles), all but its older minimum range of 0.01; symmetric rows
// follow the newer rule max(max / 127, -min / 128).
TEST(Encoding, AimetVectors) {
  const std::vector<Row> rows = {
      {{-1, 1}, kAsymmetric, -1.00392157, 0.996078431, 0.00784313725, -128},
      {{-0.3F, 6}, kAsymmetric, -0.296470588, 6.00352941, 0.0247058824, -12},
      {{0.5F, 6}, kAsymmetric, 0, 6, 0.0235294118, 0},
      {{-2, -1}, kAsymmetric, -2, 0, 0.00784313725, -255},
      {{-1, 1}, with_bits(kAsymmetric, 4), -1.06666667, 0.933333333, 0.133333333, -8},
      {{-1, 1}, with_bits(kAsymmetric, 16), -1.00001526, 0.999984741, 3.05180438e-05, -32768},
      {{-1, 2}, kAimetWeight, -2.01574803, 2, 0.0157480315, -128},
      {{-1, 2}, kWeight, -2, 2, 0.0157480315, -127},
      {{0, 2}, kAimetWeight, -2.01574803, 2, 0.0157480315, -128},
      {{0, 2}, kAsymmetric, 0, 2, 0.00784313725, 0},
      {{-3, 2}, kAimetWeight, -3, 2.9765625, 0.0234375, -128},
      {{-3, 2}, kWeight, -3, 3, 0.0236220472, -127},
      {{-1, 2}, with_bits(kAimetWeight, 4), -2.28571429, 2, 0.285714286, -8},
      {{-1, 2}, QuantSpec{.symmetric = true}, -2.01574803, 2, 0.0157480315, -128},
  };
  for (const Row& row : rows) {
    const Grid grid = encode_range(row.observed, row.spec);
    const std::string where = std::to_string(row.observed.min) + ".." +
                              std::to_string(row.observed.max) + " bits " +
                              std::to_string(row.spec.bits);
    EXPECT_NEAR(grid.scale / row.scale, 1, 1e-6) << where;
    EXPECT_EQ(grid.low - grid.zero_point, row.offset) << where;
    const Range range = represented(grid);
    EXPECT_NEAR(range.min, row.min, 1e-6) << where;
    EXPECT_NEAR(range.max, row.max, 1e-6) << where;
  }
}

TEST(Encoding, SignedAsymmetricIsTheUnsignedGridMovedDown) {
  const Grid grid = encode_range({-0.3F, 6}, {.bits = 8, .is_signed = true});
  EXPECT_EQ(grid.low, -128);
  EXPECT_EQ(grid.high, 127);
  EXPECT_EQ(grid.zero_point, 12 - 128);
}

TEST(Encoding, UnsignedSymmetricHasItsZeroInTheMiddle) {
  const Grid grid = encode_range({-1, 1}, {.bits = 8, .symmetric = true});
  EXPECT_EQ(grid.zero_point, 128);
  EXPECT_EQ(grid.low, 0);
  EXPECT_EQ(grid.high, 255);
}

TEST(Encoding, DegenerateRangesGiveTheMinimumScale) {
  for (const QuantSpec& spec : {kAsymmetric, kWeight, kAimetWeight}) {
    for (const Range range : {Range{0, 0}, Range{-1e-30F, 1e-30F}, Range{1, -1}, Range{NAN, NAN}}) {
      const Grid grid = encode_range(range, spec);
      if (range.min <= range.max || std::isnan(range.min)) {
        EXPECT_EQ(grid.scale, kMinimumScale);
      }
      EXPECT_EQ(grid.zero_point, 0);
    }
  }
  const Grid huge = encode_range({-INFINITY, INFINITY}, kAsymmetric);
  EXPECT_TRUE(std::isfinite(huge.scale));
  EXPECT_EQ(huge.zero_point, 128);
  const Range ends = represented(encode_range({-INFINITY, INFINITY}, kWeight));
  EXPECT_TRUE(std::isfinite(ends.min) && std::isfinite(ends.max));
}

TEST(Encoding, ZeroIsExactAndTheRangeIsKeptWithinHalfAStep) {
  for (int bits = 2; bits <= 16; ++bits) {
    for (const Range range :
         {Range{-0.37F, 5.1F}, Range{0.2F, 3}, Range{-7, -0.1F}, Range{-1, 1}}) {
      const Grid grid = encode_range(range, with_bits(kAsymmetric, bits));
      ASSERT_GE(grid.zero_point, grid.low);
      ASSERT_LE(grid.zero_point, grid.high);
      float zero = 0;
      fake_quantize(&zero, &zero, 1, grid);
      ASSERT_EQ(zero, 0.0F);
      const Range kept = represented(grid);
      EXPECT_LE(kept.min, std::min(range.min, 0.0F) + 0.501F * grid.scale);
      EXPECT_GE(kept.max, std::max(range.max, 0.0F) - 0.501F * grid.scale);
    }
  }
}

TEST(Encoding, CodesOfAChannelFollowItsScale) {
  const Tensor w = Tensor::from_floats({2, 3}, {1, -2, 0.5F, 100, -254, 3});
  TensorEncoding encoding{.spec = kWeight};
  encoding.spec.axis = 0;
  encode_ranges(encoding, ranges_of(w, 0));
  EXPECT_EQ(encoding.observed_min, (std::vector<float>{-2, -254}));
  EXPECT_FLOAT_EQ(encoding.scale[1], 2.0F);
  EXPECT_EQ(quantize(w, encoding), (std::vector<int32_t>{64, -127, 32, 50, -127, 2}));
  const Tensor back = fake_quantize(w, encoding);
  const Tensor same = dequantize(quantize(w, encoding), w.shape(), encoding);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(back.data<float>()[i], same.data<float>()[i]);

  encoding.spec.axis = 1;  // columns
  encode_ranges(encoding, ranges_of(w, 1));
  EXPECT_EQ(encoding.scale.size(), 3U);
  EXPECT_FLOAT_EQ(fake_quantize(w, encoding).data<float>()[5], 3.0F);
}

TEST(Encoding, AimetWeightsUseTheLowestCode) {
  const Tensor w = Tensor::from_floats({4}, {-1.28F, 1, 0.5F, -0.01F});
  TensorEncoding encoding{.spec = kAimetWeight};
  encode_ranges(encoding, ranges_of(w, -1));
  EXPECT_FLOAT_EQ(encoding.scale[0], 0.01F);
  EXPECT_EQ(quantize(w, encoding), (std::vector<int32_t>{-128, 100, 50, -1}));
}

TEST(Encoding, RangesLeaveOutNonFiniteElements) {
  const Tensor x = Tensor::from_floats({2, 2}, {NAN, -1, INFINITY, -INFINITY});
  EXPECT_EQ(ranges_of(x, 0), (std::vector<Range>{{-1, -1}, {0, 0}}));
}

TEST(Encoding, RangesOfLongRunsAreThoseOfTheirElements) {
  for (const bool finite : {true, false}) {
    Tensor x(DataType::kFloat, {3, 301});
    float* data = x.mutable_data<float>();
    for (int i = 0; i < 903; ++i) data[i] = std::sin(static_cast<float>(i * i));
    data[7] = -2;
    data[300] = 3;
    data[301] = -4;
    data[902] = 5;
    if (!finite) data[100] = data[400] = data[700] = NAN;
    const std::vector<Range> ranges = ranges_of(x, 0);
    EXPECT_EQ(ranges[0], (Range{-2, 3}));
    EXPECT_EQ(ranges[1].min, -4);
    EXPECT_EQ(ranges[2].max, 5);
    EXPECT_EQ(ranges_of(x, -1), (std::vector<Range>{{-4, 5}}));
  }
}

TEST(Encoding, BiasIsInt32WithTheProductOfTheScales) {
  TensorEncoding bias{.spec = {.bits = 32, .symmetric = true, .is_signed = true, .axis = 0}};
  encode_bias(bias, 0.5F, {0.25F, 1e-6F}, 2);
  EXPECT_EQ(bias.scale, (std::vector<float>{0.125F, 5e-7F}));
  const Tensor b = Tensor::from_floats({2}, {-3, 1e6F});
  EXPECT_EQ(quantize(b, bias), (std::vector<int32_t>{-24, INT32_MAX}));
  encode_bias(bias, 0.5F, {1.0F, 2.0F}, 4);
  EXPECT_EQ(bias.scale, (std::vector<float>{0.5F, 1, 0.5F, 1}));
  EXPECT_EQ(lowest_code(bias.spec), INT32_MIN);
  EXPECT_EQ(highest_code(bias.spec), INT32_MAX);
}

TEST(Encoding, DeadChannelsWithALargeBiasGetALargerWeightScale) {
  TensorEncoding weight{.spec = kWeight};
  encode_ranges(weight, {{0, 0}, {-1, 1}});
  const Tensor b = Tensor::from_floats({2}, {4, 4});
  const float kept = weight.scale[1];
  EXPECT_EQ(raise_weight_scales(weight, 1e-3F, b), 1);
  EXPECT_EQ(weight.scale[1], kept);
  TensorEncoding bias{.spec = {.bits = 32, .symmetric = true, .is_signed = true, .axis = 0}};
  encode_bias(bias, 1e-3F, weight.scale, 2);
  EXPECT_NEAR(static_cast<double>(quantize(b, bias)[0]), 0x1p30, 0x1p10);
  EXPECT_NEAR(fake_quantize(b, bias).data<float>()[0], 4, 1e-6);
}

TEST(Encoding, AnEncodingWithoutScalePassesThrough) {
  const Tensor x = Tensor::from_floats({1}, {0.123F});
  EXPECT_EQ(fake_quantize(x, TensorEncoding{}).data<float>()[0], 0.123F);
}

}  // namespace
}  // namespace edgeopt
