#include "kernels/convolution.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <thread>

#include "kernels/aligned.h"
#include "kernels/backend.h"
#include "kernels/layout.h"
#include "reference/convolution.h"
#include "reference/epilogue.h"
#include "support/convolution_cases.h"
#include "support/epilogues.h"
#include "support/values.h"

namespace edgeopt {
namespace {

using test::ConvolutionCase;
using test::square;
using test::window;
using Make = std::unique_ptr<Convolution> (*)(const ConvolutionPlan&);

struct Data {
  std::vector<float> x;
  std::vector<float> weights;
  std::vector<float> bias;
};

Data data_for(const ConvolutionShape& s) {
  Data data;
  data.x = test::normal_floats(s.batch * s.input_channels * product(s.x_space()), 1);
  data.weights = test::normal_floats(s.weight_size(), 2);
  const double size = std::sqrt(static_cast<double>(s.group_inputs() * s.taps()));
  for (float& w : data.weights) w /= static_cast<float>(size);
  data.bias = test::normal_floats(s.output_channels, 3);
  return data;
}

std::vector<float> turned(const std::vector<float>& values, int64_t batch, int64_t channels,
                          const Spatial& space, bool to_last) {
  std::vector<float> result(values.size());
  const int64_t size = channels * product(space);
  for (int64_t n = 0; n < batch; ++n) {
    const float* from = values.data() + n * size;
    float* to = result.data() + n * size;
    if (to_last) {
      to_channels_last(from, channels, product(space), to);
    } else {
      to_plain(from, channels, product(space), to);
    }
  }
  return result;
}

// Runs the plan on plain data, which it converts to and from the plan's layouts.
std::vector<float> run(const ConvolutionPlan& plan, const Data& data,
                       const std::vector<std::vector<float>>& operands, Make make) {
  const ConvolutionShape& s = plan.shape;
  const bool x_last = plan.x_layout == Layout::kChannelsLast;
  const bool y_last = plan.y_layout == Layout::kChannelsLast;
  const std::vector<float> x =
      x_last ? turned(data.x, s.batch, s.input_channels, s.x_space(), true) : data.x;
  std::vector<std::vector<float>> placed;
  for (const auto& operand : operands) {
    placed.push_back(y_last ? turned(operand, s.batch, s.output_channels, s.y_space(), true)
                            : operand);
  }
  std::vector<const float*> pointers;
  for (const auto& operand : placed) pointers.push_back(operand.data());
  const auto kernel = make(plan);
  const auto y_size = static_cast<size_t>(s.batch * s.output_channels * product(s.y_space()));
  std::vector<float> y(y_size, -7);
  AlignedFloats scratch((kernel->scratch_bytes() + 3) / 4, 1e30F);
  kernel->run({x.data(), data.weights.data(), data.bias.data(), pointers}, y.data(),
              scratch.data());
  return y_last ? turned(y, s.batch, s.output_channels, s.y_space(), false) : y;
}

void expect_near(const std::vector<float>& y, const std::vector<double>& expected) {
  ASSERT_EQ(y.size(), expected.size());
  for (size_t i = 0; i < y.size(); ++i) {
    ASSERT_NEAR(y[i], expected[i], 4e-6 * (1 + std::fabs(expected[i]))) << "element " << i;
  }
}

ConvolutionPlan plan_for(const ConvolutionShape& s, const Data& data, Layout x, Layout y) {
  ConvolutionPlan plan;
  plan.shape = s;
  plan.x_layout = x;
  plan.y_layout = y;
  plan.weights = data.weights.data();
  plan.has_bias = true;
  plan.bias = data.bias.data();
  return plan;
}

constexpr Layout kBoth[] = {Layout::kPlain, Layout::kChannelsLast};

TEST(ConvolutionKernel, EveryShapeInEveryLayout) {
  for (const ConvolutionCase& c : test::convolution_cases()) {
    SCOPED_TRACE(c.why);
    const Data data = data_for(c.shape);
    const auto expected = test::reference_convolution(c.shape, data.x, data.weights, data.bias);
    for (const Layout x : kBoth) {
      for (const Layout y : kBoth) {
        expect_near(run(plan_for(c.shape, data, x, y), data, {}, make_convolution), expected);
      }
    }
  }
}

TEST(ConvolutionKernel, TheBackendServesEveryShape) {
  for (const ConvolutionCase& c : test::convolution_cases()) {
    SCOPED_TRACE(c.why);
    const Data data = data_for(c.shape);
    const auto expected = test::reference_convolution(c.shape, data.x, data.weights, data.bias);
    const auto plan = plan_for(c.shape, data, Layout::kChannelsLast, Layout::kChannelsLast);
    expect_near(run(plan, data, {}, make_backend_convolution), expected);
  }
}

TEST(ConvolutionKernel, WeightsAndBiasGivenAtTheRun) {
  for (const ConvolutionCase& c : test::convolution_cases()) {
    SCOPED_TRACE(c.why);
    const Data data = data_for(c.shape);
    for (const Make make : {make_convolution, make_backend_convolution}) {
      ConvolutionPlan plan = plan_for(c.shape, data, Layout::kChannelsLast, Layout::kChannelsLast);
      const auto expected = run(plan, data, {}, make);
      plan.weights = nullptr;
      plan.bias = nullptr;
      EXPECT_EQ(run(plan, data, {}, make), expected);
    }
  }
}

TEST(ConvolutionKernel, WithoutBias) {
  for (const ConvolutionCase& c : test::convolution_cases()) {
    SCOPED_TRACE(c.why);
    const Data data = data_for(c.shape);
    const auto expected = test::reference_convolution(c.shape, data.x, data.weights, {});
    for (const Make make : {make_convolution, make_backend_convolution}) {
      ConvolutionPlan plan = plan_for(c.shape, data, Layout::kChannelsLast, Layout::kChannelsLast);
      plan.has_bias = false;
      plan.bias = nullptr;
      expect_near(run(plan, data, {}, make), expected);
    }
  }
}

// Steps are exact functions of the result without them.
void expect_steps(const ConvolutionPlan& plan, const Data& data, const std::vector<float>& before,
                  const test::NamedEpilogue& epilogue, Make make) {
  const std::vector<std::vector<float>> operands = {
      test::normal_floats(static_cast<int64_t>(before.size()), 5),
      test::normal_floats(static_cast<int64_t>(before.size()), 6)};
  ConvolutionPlan with = plan;
  with.epilogue = epilogue.steps;
  const std::vector<float> y = run(with, data, operands, make);
  for (size_t i = 0; i < y.size(); ++i) {
    float expected = before[i];
    float slack = 0;
    for (const EpilogueStep& step : epilogue.steps) {
      const bool grid = step.kind == EpilogueStep::Kind::kFakeQuant;
      if (grid && test::on_border(step, expected)) slack += 1e-6F;
      expected = test::reference_step(step, expected, operands[step.operand][i]);
      // A residual before all else may be summed in place, before the products.
      const bool summed = step.kind == EpilogueStep::Kind::kAdd && &step == &epilogue.steps[0];
      // As a sum in another order (expect_near); no step is steeper than SiLU's 1.1.
      if (summed) slack = 4e-6F * (1 + std::fabs(expected));
      if (test::rounds_freely(step)) slack = 1.1F * slack + 1e-6F * (1 + std::fabs(expected));
      if (grid && slack > 0) slack = 1.01F * step.a;
    }
    ASSERT_NEAR(y[i], expected, slack) << epilogue.name << ", element " << i;
  }
}

TEST(ConvolutionKernel, EveryEpilogueInEveryLayout) {
  // A product with whole and part tiles, a depth in two blocks, groups, depthwise with all widths.
  const std::vector<ConvolutionCase> few = {{"tiles", {2, 1, 70, 29, square(9, 3, 1, 1)}},
                                            {"groups", {1, 2, 8, 24, square(9, 3, 1, 1)}},
                                            {"depthwise", {2, 61, 61, 61, square(9, 3, 1, 1)}}};
  for (const ConvolutionCase& c : few) {
    SCOPED_TRACE(c.why);
    const Data data = data_for(c.shape);
    for (const Layout x : kBoth) {
      for (const Layout y : kBoth) {
        const ConvolutionPlan plan = plan_for(c.shape, data, x, y);
        const std::vector<float> before = run(plan, data, {}, make_convolution);
        for (const auto& epilogue : test::all_epilogues()) {
          expect_steps(plan, data, before, epilogue, make_convolution);
        }
      }
    }
    const auto plan = plan_for(c.shape, data, Layout::kChannelsLast, Layout::kChannelsLast);
    const std::vector<float> before = run(plan, data, {}, make_backend_convolution);
    for (const auto& epilogue : test::all_epilogues()) {
      expect_steps(plan, data, before, epilogue, make_backend_convolution);
    }
  }
}

TEST(ConvolutionKernel, AResidualMayBeWhereTheResultGoes) {
  const ConvolutionShape shape = {2, 1, 24, 40, square(9, 1, 1, 0)};
  const Data data = data_for(shape);
  ConvolutionPlan plan = plan_for(shape, data, Layout::kChannelsLast, Layout::kChannelsLast);
  const EpilogueStep grid = {EpilogueStep::Kind::kFakeQuant, 0.03F, 100, 0, 255};
  const std::vector<std::vector<EpilogueStep>> epilogues = {
      {{EpilogueStep::Kind::kAdd}, {EpilogueStep::Kind::kRelu}},
      {grid, {EpilogueStep::Kind::kAdd}, grid}};
  int overwriting = 0;
  for (const auto& epilogue : epilogues) {
    plan.epilogue = epilogue;
    const auto kernel = make_backend_convolution(plan);
    EXPECT_FALSE(kernel->may_overwrite(1));
    if (!kernel->may_overwrite(0)) continue;  // this backend adds behind the convolution
    ++overwriting;
    const std::vector<float> residual = test::normal_floats(2 * 40 * 81, 5);
    AlignedFloats scratch((kernel->scratch_bytes() + 3) / 4);
    const float* operand = residual.data();
    std::vector<float> apart(residual.size());
    kernel->run({data.x.data(), nullptr, nullptr, {&operand, 1}}, apart.data(), scratch.data());
    std::vector<float> within = residual;
    operand = within.data();
    kernel->run({data.x.data(), nullptr, nullptr, {&operand, 1}}, within.data(), scratch.data());
    EXPECT_EQ(within, apart);
  }
  if (overwriting == 0) GTEST_SKIP() << "this build has no kernel that sums in place";
}

TEST(ConvolutionKernel, Transposed) {
  std::vector<ConvolutionCase> transposed = {
      {"no overlap", {2, 1, 6, 9, square(8, 2, 2, 0)}},
      {"overlap and padding", {1, 1, 8, 16, square(9, 3, 2, 1)}},
      {"output padding", {1, 1, 8, 16, square(10, 3, 2, 1)}},
      {"groups", {1, 2, 8, 12, square(9, 4, 2, 1)}},
      {"depthwise", {1, 5, 5, 5, square(9, 3, 1, 1)}},
      {"three dimensions",
       {1, 1, 4, 3, window({4, 5, 6}, {3, 2, 3}, {1, 2, 1}, {1, 1, 1}, {1, 0, 1}, {1, 1, 1})}},
  };
  for (ConvolutionCase& c : transposed) {
    SCOPED_TRACE(c.why);
    c.shape.transposed = true;
    Data data = data_for(c.shape);
    data.weights = test::normal_floats(c.shape.weight_size(), 2);
    for (float& w : data.weights) w /= 10;
    const auto expected = test::reference_convolution(c.shape, data.x, data.weights, data.bias);
    for (const Layout x : kBoth) {
      for (const Layout y : kBoth) {
        ConvolutionPlan plan = plan_for(c.shape, data, x, y);
        const auto before = run(plan, data, {}, make_convolution);
        expect_near(before, expected);
        expect_steps(plan, data, before, test::all_epilogues().back(), make_convolution);
        plan.weights = nullptr;
        plan.bias = nullptr;
        EXPECT_EQ(run(plan, data, {}, make_convolution), before);
      }
    }
  }
}

TEST(ConvolutionKernel, RepeatedRunsGiveTheSameBits) {
  const ConvolutionShape shape = {3, 1, 16, 24, square(13, 3, 1, 1)};
  const Data data = data_for(shape);
  const auto plan = plan_for(shape, data, Layout::kChannelsLast, Layout::kChannelsLast);
  const std::vector<float> first = run(plan, data, {}, make_convolution);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(run(plan, data, {}, make_convolution), first);
}

// Each with its own input: one that gets the data of another shows it.
TEST(ConvolutionKernel, SeveralThreadsAtATime) {
  const ConvolutionShape shape = {1, 1, 16, 24, square(13, 3, 1, 1)};
  const Data data = data_for(shape);
  const auto plan = plan_for(shape, data, Layout::kChannelsLast, Layout::kChannelsLast);
  for (const Make make : {make_convolution, make_backend_convolution}) {
    const auto kernel = make(plan);
    const auto run_with = [&](const std::vector<float>& x) {
      std::vector<float> y(static_cast<size_t>(24 * product(shape.y_space())));
      AlignedFloats scratch(kernel->scratch_bytes() / sizeof(float) + 1);
      kernel->run({x.data(), nullptr, nullptr, {}}, y.data(), scratch.data());
      return y;
    };
    std::vector<std::thread> threads;
    std::array<int, 4> wrong = {};
    for (size_t t = 0; t < wrong.size(); ++t) {
      const auto x = test::normal_floats(static_cast<int64_t>(data.x.size()), 10 + t);
      threads.emplace_back([&, t, x, expected = run_with(x)] {
        for (int i = 0; i < 50; ++i) wrong[t] += run_with(x) == expected ? 0 : 1;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, (std::array<int, 4>{}));
  }
}

// A sample's result does not depend on how many samples run together.
TEST(ConvolutionKernel, SamplesDoNotDependOnTheBatch) {
  for (const ConvolutionCase& c : test::convolution_cases()) {
    SCOPED_TRACE(c.why);
    ConvolutionShape one = c.shape;
    one.batch = 1;
    ConvolutionShape many = c.shape;
    many.batch = 5;
    const Data data = data_for(many);
    Data last = data;
    last.x.erase(last.x.begin(), last.x.end() - one.input_channels * product(one.x_space()));
    const Layout layout = Layout::kChannelsLast;
    const auto all = run(plan_for(many, data, layout, layout), data, {}, make_convolution);
    const auto alone = run(plan_for(one, last, layout, layout), last, {}, make_convolution);
    EXPECT_TRUE(std::equal(alone.rbegin(), alone.rend(), all.rbegin()));
  }
}

}  // namespace
}  // namespace edgeopt
