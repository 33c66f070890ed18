#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "data/data_source.h"
#include "support/data_files.h"

namespace edgeopt {
namespace {

bool equal(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::memcmp(a.raw(), b.raw(), a.byte_size()) == 0;
}

TEST(Synthetic, FollowsFromTheSeedAlone) {
  const std::vector<InputSpec> inputs = {{"x", DataType::kFloat, {1, 3, 32, 32}},
                                         {"y", DataType::kFloat, {1, 10}}};
  const auto first = synthetic_data(inputs, 4, 7);
  const auto second = synthetic_data(inputs, 4, 7);
  EXPECT_EQ(first->size(), 4);
  EXPECT_FALSE(first->has_labels());
  EXPECT_EQ(first->describe(), "4 synthetic samples");
  const Sample late = first->load(3);  // the order of loading does not matter
  for (int64_t i = 0; i < 4; ++i) {
    for (size_t k = 0; k < 2; ++k) {
      EXPECT_TRUE(equal(first->load(i).inputs[k], second->load(i).inputs[k]));
    }
  }
  EXPECT_TRUE(equal(late.inputs[0], second->load(3).inputs[0]));
  EXPECT_FALSE(equal(late.inputs[0], second->load(2).inputs[0]));
  EXPECT_FALSE(equal(late.inputs[0], synthetic_data(inputs, 4, 8)->load(3).inputs[0]));
}

// Over many images: mean near 0, deviation near 1, within 2.6; neighbours are alike.
TEST(Synthetic, ImagesHaveTheStatisticsOfPhotographs) {
  const auto source = synthetic_data({{"x", DataType::kFloat, {1, 3, 64, 64}}}, 60, 1);
  double sum = 0;
  double squares = 0;
  double neighbours = 0;
  for (int64_t i = 0; i < source->size(); ++i) {
    const Tensor image = source->load(i).inputs[0];
    const float* values = image.data<float>();
    for (int64_t k = 0; k + 1 < image.size(); ++k) {
      ASSERT_LE(std::abs(values[k]), 2.6F);
      sum += values[k];
      squares += values[k] * values[k];
      neighbours += values[k] * values[k + 1];
    }
  }
  const double count = 60.0 * (3 * 64 * 64 - 1);
  EXPECT_NEAR(sum / count, 0, 0.25);
  EXPECT_NEAR(std::sqrt(squares / count), 1, 0.25);
  EXPECT_GT(neighbours / squares, 0.85);
}

TEST(Synthetic, LayoutsAndTypes) {
  const auto source = synthetic_data({{"nhwc", DataType::kFloat, {1, 8, 8, 3}},
                                      {"pixels", DataType::kUint8, {1, 3, 8, 8}},
                                      {"ids", DataType::kInt64, {1, 16}},
                                      {"mask", DataType::kBool, {1, 16}},
                                      {"scalar", DataType::kFloat16, {}}},
                                     1, 0);
  const Sample sample = source->load(0);
  EXPECT_EQ(sample.inputs[0].shape(), (Shape{1, 8, 8, 3}));
  EXPECT_EQ(sample.inputs[1].type(), DataType::kUint8);
  for (int64_t i = 0; i < 16; ++i) {
    EXPECT_GE(sample.inputs[2].data<int64_t>()[i], 0);
    EXPECT_LT(sample.inputs[2].data<int64_t>()[i], 8);
    EXPECT_EQ(sample.inputs[3].data<uint8_t>()[i], 1);
  }
  EXPECT_EQ(sample.inputs[4].size(), 1);
}

TEST(Synthetic, UnknownShapesAreRefused) {
  EXPECT_NE(test::error_text([] {
              synthetic_data({{"x", DataType::kFloat, {1, -1}}}, 1, 0);
            }).find("give --input-shape x:"),
            std::string::npos);
}

}  // namespace
}  // namespace edgeopt
