#include "kernels/quantized_convolution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "kernels/aligned.h"
#include "kernels/layout.h"
#include "reference/convolution.h"
#include "reference/epilogue.h"
#include "support/convolution_cases.h"
#include "support/epilogues.h"
#include "support/values.h"

namespace edgeopt {
namespace {

using test::square;

constexpr const char* kNoKernel = "this build or processor does not multiply codes";

// Codes of all magnitudes, their ends included.
struct Data {
  std::vector<uint8_t> x;  // channels-last
  std::vector<int8_t> weights;
  std::vector<float> scale;
  std::vector<float> bias;
  std::vector<double> sums;  // channels-last: scale * sum of (x - zero point) * weight, plus bias
};

template <typename T>
std::vector<T> codes(int64_t count, int64_t low, int64_t high, uint64_t seed) {
  Random random(seed);
  std::vector<T> result(static_cast<size_t>(count));
  for (T& code : result) {
    const double value = std::clamp(random.normal() / 4 + 0.5, 0.0, 1.0);
    code = static_cast<T>(
        std::lround(static_cast<double>(low) + value * static_cast<double>(high - low)));
  }
  return result;
}

std::vector<double> to_last(const ConvolutionShape& s, const std::vector<double>& plain) {
  std::vector<double> last(plain.size());
  const int64_t space = product(s.y_space());
  for (int64_t i = 0; i < static_cast<int64_t>(plain.size()); ++i) {
    const int64_t n = i / (s.output_channels * space);
    const int64_t c = i / space % s.output_channels;
    last[static_cast<size_t>((n * space + i % space) * s.output_channels + c)] =
        plain[static_cast<size_t>(i)];
  }
  return last;
}

Data data_for(const ConvolutionShape& s, int32_t zero_point) {
  Data data;
  const int64_t space = product(s.x_space());
  data.x = codes<uint8_t>(s.batch * s.input_channels * space, 0, 255, 1);
  data.weights = codes<int8_t>(s.weight_size(), -128, 127, 2);
  data.bias = test::normal_floats(s.output_channels, 3);
  const double depth = static_cast<double>(s.group_inputs() * s.taps());
  for (int64_t c = 0; c < s.output_channels; ++c) {
    data.scale.push_back(
        static_cast<float>((1 + static_cast<double>(c % 5)) / (6000 * std::sqrt(depth))));
  }
  std::vector<float> x;  // plain
  for (int64_t n = 0; n < s.batch; ++n) {
    for (int64_t c = 0; c < s.input_channels; ++c) {
      for (int64_t p = 0; p < space; ++p) {
        const int64_t at = (n * space + p) * s.input_channels + c;
        x.push_back(static_cast<float>(data.x[static_cast<size_t>(at)] - zero_point));
      }
    }
  }
  const std::vector<float> w(data.weights.begin(), data.weights.end());
  data.sums = to_last(s, test::reference_convolution(s, x, w, {}));
  for (size_t i = 0; i < data.sums.size(); ++i) {
    const size_t c = i % data.scale.size();
    data.sums[i] =
        static_cast<double>(data.scale[c]) * data.sums[i] + static_cast<double>(data.bias[c]);
  }
  return data;
}

QuantizedConvolutionPlan plan_for(const ConvolutionShape& s, const Data& data, int32_t zero_point) {
  QuantizedConvolutionPlan plan;
  plan.shape = s;
  plan.x_zero_point = zero_point;
  plan.weights = data.weights.data();
  plan.scale = data.scale.data();
  plan.bias = data.bias.data();
  return plan;
}

template <typename T>
std::vector<T> run(const QuantizedConvolution& kernel, const Data& data,
                   const std::vector<std::vector<float>>& operands = {}) {
  std::vector<const float*> pointers;
  for (const auto& operand : operands) pointers.push_back(operand.data());
  std::vector<T> y(data.sums.size(), T{7});
  AlignedFloats scratch((kernel.scratch_bytes() + 3) / 4, 1e30F);
  kernel.run(data.x.data(), y.data(), pointers, scratch.data());
  return y;
}

TEST(QuantizedConvolution, EveryShapeIsExactButForTheLastRounding) {
  size_t tried = 0;
  for (const auto& c : test::convolution_cases()) {
    SCOPED_TRACE(c.why);
    if (!multiplies_codes(c.shape)) continue;
    ++tried;
    for (const int32_t zero_point : {0, 117, 255}) {
      const Data data = data_for(c.shape, zero_point);
      const auto kernel = make_quantized_convolution(plan_for(c.shape, data, zero_point));
      const std::vector<float> y = run<float>(*kernel, data);
      for (size_t i = 0; i < y.size(); ++i) {
        ASSERT_NEAR(y[i], data.sums[i], 4e-7 * (1 + std::fabs(data.sums[i]))) << "element " << i;
      }
    }
  }
  if (tried == 0) GTEST_SKIP() << kNoKernel;
  EXPECT_GT(tried, 15U);
}

TEST(QuantizedConvolution, WithoutBias) {
  const ConvolutionShape shape = {1, 1, 16, 24, square(7, 3, 1, 1)};
  if (!multiplies_codes(shape)) GTEST_SKIP() << kNoKernel;
  const Data data = data_for(shape, 12);
  QuantizedConvolutionPlan plan = plan_for(shape, data, 12);
  plan.bias = nullptr;
  const std::vector<float> y = run<float>(*make_quantized_convolution(plan), data);
  for (size_t i = 0; i < y.size(); ++i) {
    ASSERT_NEAR(y[i], data.sums[i] - static_cast<double>(data.bias[i % 24]), 2e-6);
  }
}

// One code from another where the value lies on the border between both; further off, where a step
// before magnifies that.
struct Expected {
  double code = 0;
  double slack = 0;
};

Expected expected_code(double sum, const std::vector<EpilogueStep>& steps, const Grid& grid,
                       const std::vector<std::vector<float>>& operands, size_t i) {
  auto value = static_cast<float>(sum);
  double slack = 4e-7 * (1 + std::fabs(sum));
  for (const EpilogueStep& step : steps) {
    value = test::reference_step(step, value, operands[step.operand][i]);
    // A value near a border may have been rounded to the neighbour.
    const bool rounded = step.kind == EpilogueStep::Kind::kFakeQuant;
    if (rounded) slack = std::max(slack, 1.01 * static_cast<double>(step.a));
  }
  const double code = static_cast<double>(value) / static_cast<double>(grid.scale) +
                      static_cast<double>(grid.zero_point);
  return {std::clamp<double>(std::nearbyint(code), grid.low, grid.high),
          std::ceil(slack / static_cast<double>(grid.scale) + 0.5)};
}

TEST(QuantizedConvolution, EveryEpilogueAsFloatsAndAsCodes) {
  const std::vector<test::ConvolutionCase> few = {
      {"dense", {2, 1, 70, 29, square(9, 3, 1, 1)}},
      {"pointwise", {2, 1, 16, 48, square(9, 1, 1, 0)}},
      {"depthwise", {2, 48, 48, 48, square(9, 3, 1, 1)}}};
  for (const auto& c : few) {
    SCOPED_TRACE(c.why);
    if (!multiplies_codes(c.shape)) GTEST_SKIP() << kNoKernel;
    const Data data = data_for(c.shape, 100);
    const std::vector<std::vector<float>> operands = {
        test::normal_floats(static_cast<int64_t>(data.sums.size()), 5),
        test::normal_floats(static_cast<int64_t>(data.sums.size()), 6)};
    for (const auto& epilogue : test::all_epilogues()) {
      for (const Grid& grid : {Grid{0.02137F, 90, 0, 255}, Grid{0.03071F, 0, 0, 255}}) {
        SCOPED_TRACE(epilogue.name);
        QuantizedConvolutionPlan plan = plan_for(c.shape, data, 100);
        plan.epilogue = epilogue.steps;
        const auto floats = run<float>(*make_quantized_convolution(plan), data, operands);
        plan.grid = grid;
        const auto bytes = run<uint8_t>(*make_quantized_convolution(plan), data, operands);
        size_t unequal = 0;
        for (size_t i = 0; i < bytes.size(); ++i) {
          const Expected expected = expected_code(data.sums[i], epilogue.steps, grid, operands, i);
          ASSERT_NEAR(bytes[i], expected.code, expected.slack) << "element " << i;
          if (bytes[i] != expected.code) ++unequal;
          const double own = static_cast<double>(floats[i]) / static_cast<double>(grid.scale) +
                             static_cast<double>(grid.zero_point);
          ASSERT_NEAR(std::clamp<double>(own, grid.low, grid.high), bytes[i],
                      0.501 + expected.slack)
              << "element " << i;
        }
        EXPECT_LE(unequal, 1 + bytes.size() / 1000);
      }
    }
  }
}

TEST(QuantizedConvolution, NarrowerGridsEndWhereTheyEnd) {
  const ConvolutionShape shape = {1, 1, 16, 24, square(7, 3, 1, 1)};
  if (!multiplies_codes(shape)) GTEST_SKIP() << kNoKernel;
  const Data data = data_for(shape, 100);
  QuantizedConvolutionPlan plan = plan_for(shape, data, 100);
  plan.grid = Grid{0.02F, 6, 1, 15};
  const auto bytes = run<uint8_t>(*make_quantized_convolution(plan), data);
  EXPECT_EQ(*std::min_element(bytes.begin(), bytes.end()), 1);
  EXPECT_EQ(*std::max_element(bytes.begin(), bytes.end()), 15);
}

// Just below the middle between two codes; beside a zero point of 128 that bit is not there.
TEST(QuantizedConvolution, RoundsBeforeTheZeroPointIsAdded) {
  const ConvolutionShape shape = {1, 1, 16, 16, square(4, 1, 1, 0)};
  if (!multiplies_codes(shape)) GTEST_SKIP() << kNoKernel;
  const std::vector<uint8_t> x(16 * 16, 1);
  std::vector<int8_t> weights(16 * 16, 0);
  for (size_t c = 0; c < 16; ++c) weights[17 * c] = 1;
  const std::vector<float> scale(16, std::nextafter(1.5F, 0.0F));
  QuantizedConvolutionPlan plan;
  plan.shape = shape;
  plan.weights = weights.data();
  plan.scale = scale.data();
  plan.grid = Grid{1, 128, 0, 255};
  const auto kernel = make_quantized_convolution(plan);
  std::vector<uint8_t> y(x.size());
  AlignedFloats scratch((kernel->scratch_bytes() + 3) / 4, 0);
  kernel->run(x.data(), y.data(), {}, scratch.data());
  EXPECT_EQ(y, std::vector<uint8_t>(x.size(), 129));
}

TEST(QuantizedConvolution, SumsThatCouldOverflowAreDeclined) {
  EXPECT_FALSE(multiplies_codes({1, 1, 70000, 8, square(1, 1, 1, 0)}));
}

TEST(QuantizedConvolution, SeveralThreadsAtATime) {
  const ConvolutionShape shape = {2, 1, 16, 24, square(13, 3, 1, 1)};
  if (!multiplies_codes(shape)) GTEST_SKIP() << kNoKernel;
  const Data data = data_for(shape, 100);
  QuantizedConvolutionPlan plan = plan_for(shape, data, 100);
  plan.epilogue = {{EpilogueStep::Kind::kSilu}};
  plan.grid = Grid{0.02F, 90, 0, 255};
  const auto kernel = make_quantized_convolution(plan);
  const auto expected = run<uint8_t>(*kernel, data);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int& count : wrong) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) count += run<uint8_t>(*kernel, data) == expected ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace edgeopt
