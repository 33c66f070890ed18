// The kernels of AVX2 and of AVX-512 give the same bits. What they compute is tested through
// convolutions, matrix products and epilogues.
#include "kernels/tiled/kernel_set.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/epilogue.h"
#include "support/epilogues.h"
#include "support/values.h"

namespace edgeopt {
namespace {

bool both_run_here() { return kernel_set() != nullptr && kernel_set()->lanes == 16; }

constexpr int64_t kDepth = 37;
constexpr int64_t kRows = 5;
constexpr int64_t kColumns = 8;

// The tile's first columns.
std::vector<float> product_by(const TileKernels& kernels, const std::vector<FusedStep>& steps) {
  const std::vector<float> x = test::normal_floats(kRows * kDepth, 1);
  const std::vector<float> weights = test::normal_floats(kDepth * kColumns, 2);
  const std::vector<float> bias = test::normal_floats(kColumns, 3);
  const std::vector<float> residual = test::normal_floats(kRows * kColumns, 4);
  const auto width = static_cast<size_t>(kernels.columns);
  const Segment segment = {0, kDepth};
  std::vector<float> panel(kDepth * width);
  std::vector<float> starts(width);
  std::vector<float> operand(kRows * width);
  for (size_t c = 0; c < kColumns; ++c) {
    for (size_t k = 0; k < kDepth; ++k) panel[k * width + c] = weights[k * kColumns + c];
    for (size_t r = 0; r < kRows; ++r) operand[r * width + c] = residual[r * kColumns + c];
    starts[c] = bias[c];
  }
  const float* operands[] = {operand.data(), operand.data()};
  std::vector<float> y(kRows * width);
  TileJob job;
  for (int64_t r = 0; r < kRows; ++r) job.rows[r] = x.data() + r * kDepth;
  job.row_count = kRows;
  job.segments = &segment;
  job.segment_count = 1;
  job.panel = panel.data();
  job.bias = starts.data();
  job.y = y.data();
  job.stride = kernels.columns;
  job.columns = kernels.columns;
  job.steps = steps.data();
  job.step_count = static_cast<int64_t>(steps.size());
  job.operands = operands;
  kernels.functions[kRows - 1](job);
  std::vector<float> result;
  for (size_t r = 0; r < kRows; ++r) {
    result.insert(result.end(), y.begin() + static_cast<int64_t>(r * width),
                  y.begin() + static_cast<int64_t>(r * width + kColumns));
  }
  return result;
}

TEST(KernelSet, TilesOfAllWidthsGiveTheSameBits) {
  if (!both_run_here()) GTEST_SKIP() << "no AVX-512";
  for (const auto& epilogue : test::all_epilogues()) {
    SCOPED_TRACE(epilogue.name);
    const std::vector<FusedStep> steps = split_epilogue(epilogue.steps).fused;
    ASSERT_EQ(steps.size(), epilogue.steps.size());
    const std::vector<float> expected = product_by(avx2_kernels().narrow, steps);
    EXPECT_EQ(product_by(avx2_kernels().wide, steps), expected);
    EXPECT_EQ(product_by(avx512_kernels().narrow, steps), expected);
    EXPECT_EQ(product_by(avx512_kernels().wide, steps), expected);
  }
}

TEST(KernelSet, StepsOnMemoryGiveTheSameBits) {
  if (!both_run_here()) GTEST_SKIP() << "no AVX-512";
  const std::vector<float> x = test::normal_floats(300, 1);
  const std::vector<float> residual = test::normal_floats(300, 2);
  const float* operands[] = {residual.data(), residual.data()};
  for (const auto& epilogue : test::all_epilogues()) {
    SCOPED_TRACE(epilogue.name);
    const std::vector<FusedStep> steps = split_epilogue(epilogue.steps).fused;
    std::vector<std::vector<float>> results;
    for (const KernelSet* set : {&avx2_kernels(), &avx512_kernels()}) {
      std::vector<float>& y = results.emplace_back(x.size(), -7.0F);
      set->steps(
          {x.data(), y.data(), 3, 289, steps.data(), static_cast<int64_t>(steps.size()), operands});
      EXPECT_EQ(y[2], -7.0F);
      EXPECT_EQ(y[289], -7.0F);
    }
    EXPECT_EQ(results[0], results[1]);
  }
}

TEST(KernelSet, ExponentialsOfExtremesAreAlikeAndNaNStays) {
  using Kind = EpilogueStep::Kind;
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> x = {std::nanf(""), -std::nanf(""), infinity, -infinity, 0.0F, -0.0F, 1e-42F};
  for (const float magnitude : {0.04F, 1.0F, 17.0F, 87.3F, 87.4F, 88.4F, 104.0F, 1e6F, 3e38F}) {
    x.push_back(magnitude);
    x.push_back(-magnitude);
  }
  const auto count = static_cast<int64_t>(x.size());
  std::vector<const KernelSet*> sets;
  if (kernel_set() != nullptr) sets.push_back(&avx2_kernels());
  if (both_run_here()) sets.push_back(&avx512_kernels());
  for (const Kind kind : {Kind::kSilu, Kind::kSigmoid, Kind::kTanh}) {
    const EpilogueStep step{.kind = kind};
    const std::vector<FusedStep> steps = split_epilogue({&step, 1}).fused;
    std::vector<float> expected(x.size());
    apply_plainly(x.data(), expected.data(), 0, count, {&step, 1}, {});
    EXPECT_TRUE(std::isnan(expected[0]) && std::isnan(expected[1]));
    EXPECT_EQ(expected[2], kind == Kind::kSilu ? infinity : 1.0F);
    for (const KernelSet* set : sets) {
      std::vector<float> y(x.size());
      set->steps({x.data(), y.data(), 0, count, steps.data(), 1, nullptr});
      for (size_t i = 0; i < x.size(); ++i) {
        EXPECT_TRUE(y[i] == expected[i] || (std::isnan(y[i]) && std::isnan(expected[i]))) << x[i];
      }
    }
  }
}

}  // namespace
}  // namespace edgeopt
