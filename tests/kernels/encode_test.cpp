#include "kernels/encode.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/tiled/kernel_set.h"
#include "support/epilogues.h"
#include "support/values.h"

namespace edgeopt {
namespace {

const Grid kGrid = {0.05F, 117, 0, 255};

std::vector<int32_t> quantized(const std::vector<float>& x, const Grid& grid) {
  std::vector<int32_t> codes(x.size());
  quantize(x.data(), codes.data(), static_cast<int64_t>(x.size()), grid);
  return codes;
}

TEST(Encoder, GivesTheCodesOfWhatTheEpilogueMakes) {
  constexpr int64_t kFirst = 3;
  constexpr int64_t kLast = 5001;
  const std::vector<float> x = test::normal_floats(5010, 1);
  const std::vector<std::vector<float>> residuals = {test::normal_floats(5010, 2),
                                                     test::normal_floats(5010, 3)};
  const float* operands[] = {residuals[0].data(), residuals[1].data()};
  for (const Grid& grid : {kGrid, Grid{0.01F, 0, 0, 200}}) {
    for (const auto& epilogue : test::all_epilogues()) {
      SCOPED_TRACE(epilogue.name);
      std::vector<float> floats = x;
      Epilogue(epilogue.steps).apply_to(floats.data(), kFirst, kLast - kFirst, operands);
      const std::vector<int32_t> expected = quantized(floats, grid);
      std::vector<uint8_t> y(x.size(), 77);
      Encoder(epilogue.steps, grid).run(x.data(), y.data(), kFirst, kLast - kFirst, operands);
      EXPECT_EQ(y[kFirst - 1], 77);
      EXPECT_EQ(y[kLast], 77);
      for (size_t i = kFirst; i < kLast; ++i) ASSERT_EQ(y[i], expected[i]) << "element " << i;
    }
  }
}

TEST(Encoder, TiesGoToTheEvenCodeAndNonFiniteValuesToTheEnds) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x = {0.25F,  0.75F,    1.25F,     -0.25F,       -0.75F,
                                -1.25F, infinity, -infinity, std::nanf("")};
  std::vector<uint8_t> y(x.size());
  Encoder({}, Grid{0.5F, 10, 0, 255}).run(x.data(), y.data(), 0, 9, {});
  EXPECT_EQ(y, (std::vector<uint8_t>{10, 12, 12, 10, 8, 8, 255, 0, 0}));
}

TEST(Encoder, EveryKernelSetGivesTheSameCodes) {
  if (kernel_set() == nullptr || kernel_set()->lanes != 16) GTEST_SKIP() << "no AVX-512";
  const std::vector<float> x = test::normal_floats(300, 1);
  const EpilogueStep step[] = {{EpilogueStep::Kind::kFakeQuant, 0.05F, 117, 0, 255}};
  const std::vector<FusedStep> grid = split_epilogue(step).fused;
  std::vector<std::vector<uint8_t>> results;
  for (const KernelSet* set : {&avx2_kernels(), &avx512_kernels()}) {
    std::vector<uint8_t>& y = results.emplace_back(x.size(), uint8_t{77});
    set->codes({{x.data(), nullptr, 3, 289, grid.data(), 0, nullptr}, y.data(), 117});
    EXPECT_EQ(y[2], 77);
    EXPECT_EQ(y[289], 77);
  }
  EXPECT_EQ(results[0], results[1]);
}

TEST(CodeTable, TranslatesAsTheStepsWould) {
  const Grid from = {0.04F, 100, 0, 255};
  const EpilogueStep steps[] = {{EpilogueStep::Kind::kSilu}};
  const CodeTable table = code_table(from, steps, kGrid);
  std::vector<uint8_t> y(1000);
  std::vector<float> values(y.size());
  for (size_t i = 0; i < y.size(); ++i) {
    y[i] = static_cast<uint8_t>(i * 7);
    values[i] = static_cast<float>(y[i] - from.zero_point) * from.scale;
  }
  Epilogue(steps).apply_to(values.data(), 0, 1000, {});
  const std::vector<int32_t> expected = quantized(values, kGrid);
  translate(table, y.data(), 1000);
  for (size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(y[i], expected[i], 0) << "element " << i;
}

}  // namespace
}  // namespace edgeopt
