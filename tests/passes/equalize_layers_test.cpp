#include <gtest/gtest.h>

#include <cmath>

#include "support/model_builder.h"
#include "support/one_node.h"
#include "support/pass_fixture.h"

namespace edgeopt::test {
namespace {

// Largest magnitudes along `axis` of a weight.
std::vector<double> ranges(const Tensor& weight, size_t axis) {
  std::vector<double> result(static_cast<size_t>(weight.dim(axis)), 0.0);
  int64_t inner = 1;
  for (size_t i = axis + 1; i < weight.rank(); ++i) inner *= weight.dim(i);
  for (int64_t i = 0; i < weight.size(); ++i) {
    double& range = result[static_cast<size_t>(i / inner % weight.dim(axis))];
    range = std::max(range, std::fabs(static_cast<double>(weight.data<float>()[i])));
  }
  return result;
}

void expect_equal(const std::vector<double>& a, const std::vector<double>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-6 * a[i]) << i;
}

Tensor weight(const Model& model, const std::string& name) {
  return *model.graph.constant(*model.graph.find_value(name));
}

ModelBuilder pair_of_convs(const std::string& between) {
  ModelBuilder b;
  b.input("x", {-1, 3, 6, 6}).weights("w1", {4, 3, 3, 3}, -5, 5).weights("b1", {4});
  b.weights("w2", {2, 4, 3, 3}, -0.1F, 0.1F);
  b.node("Conv", {"x", "w1", "b1"}, {"c"}).node(between, {"c"}, {"r"});
  b.node("Conv", {"r", "w2"}, {"y"}).output("y");
  return b;
}

TEST(EqualizeLayers, BothRangesBecomeTheirGeometricMean) {
  Model model = pair_of_convs("Relu").build();
  const std::vector<double> r1 = ranges(weight(model, "w1"), 0);
  const std::vector<double> r2 = ranges(weight(model, "w2"), 1);
  EXPECT_EQ(apply_checked(model, "equalize-layers"), 1);
  expect_equal(ranges(weight(model, "w1"), 0), ranges(weight(model, "w2"), 1));
  std::vector<double> mean;
  for (size_t c = 0; c < r1.size(); ++c) mean.push_back(std::sqrt(r1[c] * r2[c]));
  expect_equal(ranges(weight(model, "w1"), 0), mean);
}

TEST(EqualizeLayers, OnlyThroughPositivelyHomogeneousFunctions) {
  for (const char* through : {"Relu", "LeakyRelu"}) {
    Model model = pair_of_convs(through).build();
    EXPECT_EQ(apply_checked(model, "equalize-layers"), 1) << through;
  }
  for (const char* barrier : {"Sigmoid", "HardSwish", "Clip", "Softmax"}) {
    Model model = pair_of_convs(barrier).build();
    EXPECT_EQ(apply(model, "equalize-layers"), 0) << barrier;
  }
}

TEST(EqualizeLayers, ABranchOrAnOutputBetweenStopsIt) {
  ModelBuilder b = pair_of_convs("Relu");
  Model model = b.output("r").build();
  EXPECT_EQ(apply(model, "equalize-layers"), 0);
}

TEST(EqualizeLayers, TriplesWithADepthwiseLayerShareTheCubicRoot) {
  ModelBuilder b;
  b.input("x", {-1, 3, 6, 6}).weights("w1", {4, 3, 1, 1}, -5, 5).weights("b1", {4});
  b.weights("w2", {4, 1, 3, 3}, -0.1F, 0.1F).weights("b2", {4}).weights("w3", {2, 4, 1, 1});
  b.node("Conv", {"x", "w1", "b1"}, {"c1"}).node("Relu", {"c1"}, {"r1"});
  b.node("Conv", {"r1", "w2", "b2"}, {"c2"}, {{"group", int64_t{4}}}).node("Relu", {"c2"}, {"r2"});
  b.node("Conv", {"r2", "w3"}, {"y"});
  Model model = b.output("y").build();
  const std::vector<double> r1 = ranges(weight(model, "w1"), 0);
  const std::vector<double> r2 = ranges(weight(model, "w2"), 0);
  const std::vector<double> r3 = ranges(weight(model, "w3"), 1);
  EXPECT_EQ(apply_checked(model, "equalize-layers"), 1);
  std::vector<double> root;
  for (size_t c = 0; c < r1.size(); ++c) root.push_back(std::cbrt(r1[c] * r2[c] * r3[c]));
  expect_equal(ranges(weight(model, "w1"), 0), root);
  expect_equal(ranges(weight(model, "w2"), 0), root);
  expect_equal(ranges(weight(model, "w3"), 1), root);
  EXPECT_EQ(apply(model, "equalize-layers"), 0);
}

TEST(EqualizeLayers, DeadChannelsKeepTheirScale) {
  ModelBuilder b = pair_of_convs("Relu");
  Model model = b.build();
  Tensor w1 = weight(model, "w1");
  for (int64_t i = 0; i < 27; ++i) w1.mutable_data<float>()[i] = 0;
  model.graph.set_constant(*model.graph.find_value("w1"), w1);
  const double before = ranges(weight(model, "w2"), 1)[0];
  EXPECT_EQ(apply_checked(model, "equalize-layers"), 1);
  EXPECT_EQ(ranges(weight(model, "w2"), 1)[0], before);
}

TEST(EqualizeLayers, ScalesAreLimited) {
  Model model = pair_of_convs("Relu").build();
  const double before = ranges(weight(model, "w2"), 1)[0];
  EXPECT_EQ(apply_checked(model, "equalize-layers", {{"max-scale", "2"}}), 1);
  EXPECT_NEAR(ranges(weight(model, "w2"), 1)[0], 2 * before, 1e-6);
}

TEST(EqualizeLayers, GemmsAndGroupsAndMoreSweeps) {
  ModelBuilder b;
  b.input("x", {-1, 6}).weights("w1", {6, 8}, -3, 3).weights("w2", {8, 8}).weights("w3", {4, 8});
  b.node("MatMul", {"x", "w1"}, {"m1"}).node("Relu", {"m1"}, {"r1"});
  b.node("Gemm", {"r1", "w2"}, {"m2"}).node("Relu", {"m2"}, {"r2"});
  b.node("Gemm", {"r2", "w3"}, {"y"}, {{"transB", int64_t{1}}});
  Model model = b.output("y").build();
  EXPECT_GT(apply_checked(model, "equalize-layers", {{"iterations", "200"}}), 2);
  EXPECT_LE(apply_checked(model, "equalize-layers"), 2);
  const std::vector<double> a = ranges(weight(model, "w1"), 1);
  const std::vector<double> c = ranges(weight(model, "w2"), 0);
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], c[i], 2e-3 * a[i]);

  ModelBuilder grouped;
  grouped.input("x", {-1, 4, 5, 5}).weights("w1", {6, 2, 3, 3}, -4, 4).weights("w2", {4, 3, 3, 3});
  grouped.node("Conv", {"x", "w1"}, {"c"}, {{"group", int64_t{2}}});
  grouped.node("Conv", {"c", "w2"}, {"y"}, {{"group", int64_t{2}}});
  Model other = grouped.output("y").build();
  EXPECT_EQ(apply_checked(other, "equalize-layers"), 1);
}

TEST(EqualizeLayers, SharedWeightsAreLeft) {
  ModelBuilder b;
  b.input("x", {-1, 4, 6, 6}).weights("w", {4, 4, 1, 1});
  b.node("Conv", {"x", "w"}, {"c"}).node("Relu", {"c"}, {"r"}).node("Conv", {"r", "w"}, {"y"});
  Model model = b.output("y").build();
  EXPECT_EQ(apply(model, "equalize-layers"), 0);
}

}  // namespace
}  // namespace edgeopt::test
