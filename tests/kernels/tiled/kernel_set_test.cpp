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

// Grids whose codes and results wrap around a byte, and such with fewer codes.
std::vector<std::vector<EpilogueStep>> steps_of_tables() {
  using Kind = EpilogueStep::Kind;
  const EpilogueStep wide = {Kind::kFakeQuant, 0.05F, 117, 0, 255};
  const EpilogueStep below = {Kind::kFakeQuant, 0.04F, 255, 0, 255};
  const EpilogueStep is_signed = {Kind::kFakeQuant, 0.031F, -5, -127, 127};
  const EpilogueStep few = {Kind::kFakeQuant, 0.4F, 3, 0, 15};
  const EpilogueStep fine = {Kind::kFakeQuant, 1e-4F, 0, -32768, 32767};
  const EpilogueStep gated = {Kind::kSilu, 1.0F / 255, 0, 0, 255};
  const EpilogueStep sigmoid = {Kind::kSigmoid};
  return {{wide, gated, wide},      {is_signed, gated, few},  {few, {Kind::kHardSwish}, below},
          {below, sigmoid},         {wide, sigmoid, fine},    {{Kind::kRelu}, wide, gated, few},
          {wide, gated, wide, few}, {below, gated, is_signed}};
}

TEST(KernelSet, TablesGiveWhatTheirStepsGive) {
  const std::vector<float> normal = test::normal_floats(411, 1);
  std::vector<float> x;
  for (const float v : normal) x.push_back(6 * v);
  const float infinity = std::numeric_limits<float>::infinity();
  x.insert(x.end(), {std::nanf(""), infinity, -infinity, 0.0F, -0.0F});
  const auto count = static_cast<int64_t>(x.size());
  std::vector<const KernelSet*> sets;
  if (kernel_set() != nullptr) sets.push_back(&avx2_kernels());
  if (both_run_here()) sets.push_back(&avx512_kernels());
  for (const auto& steps : steps_of_tables()) {
    const SplitEpilogue split = split_epilogue(steps);
    ASSERT_TRUE(split.rest.empty());
    ASSERT_LT(split.fused.size(), steps.size());
    std::vector<float> expected(x.size());
    apply_plainly(x.data(), expected.data(), 0, count, steps, {});
    for (const KernelSet* set : sets) {
      for (const int64_t last : {count, int64_t{8}, int64_t{57}}) {  // whole groups and rests
        std::vector<float> y(x.size(), -7.0F);
        set->steps({x.data(), y.data(), 0, last, split.fused.data(),
                    static_cast<int64_t>(split.fused.size()), nullptr});
        for (int64_t i = 0; i < last; ++i) {
          const auto at = static_cast<size_t>(i);
          ASSERT_EQ(y[at], expected[at]) << x[at];
        }
        for (auto i = static_cast<size_t>(last); i < y.size(); ++i) ASSERT_EQ(y[i], -7.0F);
      }
    }
  }
}

// Bit by bit where the plain version has fused multiply-adds: it does by target_clones
// (kernels/simd.h), which the sanitizers rule out.
bool is_alike(float made, float plain) {
  if (std::isnan(made) || std::isnan(plain)) return std::isnan(made) && std::isnan(plain);
#ifdef __SANITIZE_ADDRESS__
  if (std::isfinite(plain)) return std::fabs(made - plain) <= 1e-6F * std::fabs(plain);
#endif
  return made == plain;
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
  for (const Kind kind : {Kind::kSilu, Kind::kSigmoid, Kind::kTanh, Kind::kErf, Kind::kGelu}) {
    const EpilogueStep step{.kind = kind};
    const std::vector<FusedStep> steps = split_epilogue({&step, 1}).fused;
    std::vector<float> expected(x.size());
    apply_plainly(x.data(), expected.data(), 0, count, {&step, 1}, {});
    EXPECT_TRUE(std::isnan(expected[0]) && std::isnan(expected[1]));
    const bool grows = kind == Kind::kSilu || kind == Kind::kGelu;
    EXPECT_EQ(expected[2], grows ? infinity : 1.0F);
    for (const KernelSet* set : sets) {
      std::vector<float> y(x.size());
      set->steps({x.data(), y.data(), 0, count, steps.data(), 1, nullptr});
      for (size_t i = 0; i < x.size(); ++i) {
        EXPECT_TRUE(is_alike(y[i], expected[i])) << x[i];
      }
    }
  }
}

}  // namespace
}  // namespace edgeopt
