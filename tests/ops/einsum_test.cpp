// Einsum, Det, NonMaxSuppression.
#include <gtest/gtest.h>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::error_of;
using test::floats;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;

Values einsum(const std::string& equation, const std::vector<Tensor>& inputs) {
  return values_of(run_single({"Einsum", inputs, {{"equation", equation}}}));
}

TEST(Einsum, ProductsTracesAndEllipses) {
  const Tensor a = floats({2, 2}, {1, 2, 3, 4});
  const Tensor b = floats({2, 2}, {5, 6, 7, 8});
  EXPECT_EQ(einsum("ij,jk->ik", {a, b}), (Values{19, 22, 43, 50}));
  EXPECT_EQ(einsum("ij,jk", {a, b}), (Values{19, 22, 43, 50}));
  EXPECT_EQ(einsum("ii", {a}), (Values{5}));
  EXPECT_EQ(einsum("ii->i", {a}), (Values{1, 4}));
  EXPECT_EQ(einsum("...j->j...", {a}), (Values{1, 3, 2, 4}));
  EXPECT_EQ(einsum("i,j->ij", {floats({2}, {1, 2}), floats({2}, {3, 4})}), (Values{3, 4, 6, 8}));
}

// Any two operands against the sum by hand.
TEST(Einsum, BatchesOfProductsInAnyOrder) {
  Values a(2 * 3 * 4);
  Values b(5 * 4 * 2);
  for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<double>(i % 7) - 3;
  for (size_t i = 0; i < b.size(); ++i) b[i] = static_cast<double>(i % 5) - 2;
  Values expected;  // nij,kjn->kni
  for (size_t k = 0; k < 5; ++k) {
    for (size_t n = 0; n < 2; ++n) {
      for (size_t i = 0; i < 3; ++i) {
        double sum = 0;
        for (size_t j = 0; j < 4; ++j) sum += a[(n * 3 + i) * 4 + j] * b[(k * 4 + j) * 2 + n];
        expected.push_back(sum);
      }
    }
  }
  EXPECT_EQ(einsum("nij,kjn->kni", {floats({2, 3, 4}, a), floats({5, 4, 2}, b)}), expected);
}

TEST(Einsum, AnAxisOfOneElementIsRepeated) {
  const Tensor a = floats({2, 1}, {1, 2});
  const Tensor b = floats({3, 2}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(einsum("ij,jk->ik", {a, b}), (Values{9, 12, 18, 24}));
  EXPECT_EQ(einsum("ii,ij->ij", {floats({2, 2}, {1, 2, 3, 4}), floats({2, 2}, {1, 2, 3, 4})}),
            (Values{1, 2, 12, 16}));
}

TEST(Einsum, BadEquationsAreRefused) {
  const Tensor a = floats({2, 3}, Values(6, 1.0));
  for (const char* equation : {"ij,jk", "i", "ii", "ij->k", "i1", "i.j", ""}) {
    EXPECT_EQ(error_of({"Einsum", {a}, {{"equation", equation}}}), ErrorCode::kBadInput)
        << equation;
  }
}

TEST(Det, OfEachMatrix) {
  const Tensor x = floats({3, 2, 2}, {1, 2, 3, 4, 0, 1, 1, 0, 1, 2, 2, 4});
  const Values det = values_of(run_single({"Det", {x}}));
  EXPECT_NEAR(det[0], -2, 1e-6);
  EXPECT_EQ(det[1], -1);
  EXPECT_EQ(det[2], 0);
  EXPECT_EQ(error_of({"Det", {floats({1, 2}, {1, 2})}}), ErrorCode::kBadInput);
}

TEST(NonMaxSuppression, DropsWhatOverlapsABetterBox) {
  const Tensor boxes = floats({1, 3, 4}, {0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, 5, 1, 6});
  const Tensor scores = floats({1, 1, 3}, {0.5, 0.9, 0.2});
  const auto select = [&](int64_t most, double overlap, double score) {
    return values_of(run_single({"NonMaxSuppression",
                                 {boxes, scores, Tensor::from_ints({1}, {most}),
                                  floats({1}, {overlap}), floats({1}, {score})}}));
  };
  EXPECT_EQ(select(5, 0.5, 0), (Values{0, 0, 1, 0, 0, 2}));
  EXPECT_EQ(select(5, 0.9, 0), (Values{0, 0, 1, 0, 0, 0, 0, 0, 2}));
  EXPECT_EQ(select(1, 0.9, 0), (Values{0, 0, 1}));
  EXPECT_EQ(select(5, 0.5, 0.4), (Values{0, 0, 1}));
  EXPECT_TRUE(values_of(run_single({"NonMaxSuppression", {boxes, scores}})).empty());
}

}  // namespace
}  // namespace edgeopt
