#include "kernels/matmul.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/aligned.h"
#include "kernels/backend.h"
#include "reference/epilogue.h"
#include "support/epilogues.h"
#include "support/values.h"

namespace edgeopt {
namespace {

using Floats = std::vector<float>;
using Make = std::unique_ptr<Matmul> (*)(const MatmulPlan&);

struct Size {
  const char* why;
  int64_t rows;
  int64_t columns;
  int64_t depth;
};

const std::vector<Size>& sizes() {
  static const std::vector<Size> all = {{"one element", 1, 1, 1},
                                        {"one row", 1, 1000, 64},
                                        {"one column", 37, 1, 20},
                                        {"row tiles of each height", 5, 16, 8},
                                        {"narrow panel, rows of each height", 23, 8, 8},
                                        {"wide and narrow panel", 13, 24, 31},
                                        {"part of a panel", 7, 21, 16},
                                        {"depth in blocks", 14, 32, 1500},
                                        {"blocks of rows", 300, 48, 600}};
  return all;
}

Floats expected_product(const MatmulPlan& p, const Floats& a, const Floats& b, const Floats& bias) {
  Floats y;
  for (int64_t r = 0; r < p.rows; ++r) {
    for (int64_t c = 0; c < p.columns; ++c) {
      double sum = 0;
      for (int64_t k = 0; k < p.depth; ++k) {
        const double left =
            a[static_cast<size_t>(p.a_transposed ? k * p.rows + r : r * p.depth + k)];
        const double right =
            b[static_cast<size_t>(p.b_transposed ? c * p.depth + k : k * p.columns + c)];
        sum += left * right;
      }
      y.push_back(static_cast<float>(p.alpha * sum + (bias.empty() ? 0 : bias[size_t(c)])));
    }
  }
  return y;
}

Floats run(const MatmulPlan& plan, const Floats& a, const Floats& b,
           const std::vector<Floats>& operands, Make make) {
  const auto kernel = make(plan);
  std::vector<const float*> pointers;
  for (const Floats& operand : operands) pointers.push_back(operand.data());
  Floats y(static_cast<size_t>(plan.rows * plan.columns), -7);
  AlignedFloats scratch((kernel->scratch_bytes() + 3) / 4, 1e30F);
  kernel->run({a.data(), b.data(), pointers, 0}, y.data(), scratch.data());
  return y;
}

void expect_near(const Floats& y, const Floats& expected) {
  ASSERT_EQ(y.size(), expected.size());
  for (size_t i = 0; i < y.size(); ++i) {
    ASSERT_NEAR(y[i], expected[i], 4e-6F * (1 + std::fabs(expected[i]))) << "element " << i;
  }
}

TEST(MatmulKernel, EverySizeAndForm) {
  for (const Size& size : sizes()) {
    for (int form = 0; form < 16; ++form) {
      SCOPED_TRACE(size.why + std::string(", form ") + std::to_string(form));
      MatmulPlan plan;
      plan.rows = size.rows;
      plan.columns = size.columns;
      plan.depth = size.depth;
      plan.a_transposed = (form & 1) != 0;
      plan.b_transposed = (form & 2) != 0;
      plan.alpha = (form & 4) != 0 ? 0.5F : 1.0F;
      const Floats a = test::normal_floats(size.rows * size.depth, 1);
      Floats b = test::normal_floats(size.columns * size.depth, 2);
      for (float& w : b) w /= std::sqrt(static_cast<float>(size.depth));
      const Floats bias = (form & 8) != 0 ? test::normal_floats(size.columns, 3) : Floats();
      plan.bias = bias.empty() ? nullptr : bias.data();
      plan.b = b.data();
      const Floats y = run(plan, a, b, {}, make_matmul);
      expect_near(y, expected_product(plan, a, b, bias));
      MatmulPlan later = plan;
      later.b = nullptr;
      expect_near(run(later, a, b, {}, make_matmul), y);
      if ((form & 7) != 0) continue;
      expect_near(run(plan, a, b, {}, make_backend_matmul), y);
      expect_near(run(later, a, b, {}, make_backend_matmul), y);
    }
  }
}

TEST(MatmulKernel, RowsApartFromOneAnother) {
  MatmulPlan plan;
  plan.rows = 9;
  plan.columns = 20;
  plan.depth = 6;
  const Floats a = test::normal_floats(9 * 6, 1);
  const Floats b = test::normal_floats(20 * 6, 2);
  const Floats y = run(plan, a, b, {}, make_matmul);
  Floats apart(9 * 10, 1e30F);
  for (size_t r = 0; r < 9; ++r)
    std::copy_n(a.begin() + int64_t(r) * 6, 6, apart.begin() + int64_t(r) * 10);
  plan.a_stride = 10;
  EXPECT_EQ(run(plan, apart, b, {}, make_matmul), y);
  expect_near(run(plan, apart, b, {}, make_backend_matmul), y);
}

TEST(MatmulKernel, EveryEpilogue) {
  for (const Make make : {make_matmul, make_backend_matmul}) {
    MatmulPlan plan;
    plan.rows = 260;
    plan.columns = 300;
    plan.depth = 7;
    const Floats a = test::normal_floats(plan.rows * plan.depth, 1);
    const Floats b = test::normal_floats(plan.columns * plan.depth, 2);
    plan.b = b.data();
    const Floats before = run(plan, a, b, {}, make);
    const std::vector<Floats> operands = {test::normal_floats(plan.rows * plan.columns, 5),
                                          test::normal_floats(plan.rows * plan.columns, 6)};
    for (const auto& epilogue : test::all_epilogues()) {
      plan.epilogue = epilogue.steps;
      const Floats y = run(plan, a, b, operands, make);
      for (size_t i = 0; i < y.size(); ++i) {
        float expected = before[i];
        // With an epilogue oneDNN gets blocks of rows, which may move the last bits of the product.
        float slack = make == make_backend_matmul ? 1e-6F * (1 + std::fabs(expected)) : 0;
        for (const EpilogueStep& step : epilogue.steps) {
          expected = test::reference_step(step, expected, operands[step.operand][i]);
          if (test::rounds_freely(step)) slack = 1e-6F * (1 + std::fabs(expected));
          if (step.kind == EpilogueStep::Kind::kFakeQuant && slack > 0) slack = 1.01F * step.a;
        }
        ASSERT_NEAR(y[i], expected, slack) << epilogue.name << ", element " << i;
      }
    }
  }
}

}  // namespace
}  // namespace edgeopt
