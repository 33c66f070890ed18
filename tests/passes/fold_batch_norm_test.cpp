#include <gtest/gtest.h>

#include "support/model_builder.h"
#include "support/one_node.h"
#include "support/pass_fixture.h"

namespace edgeopt::test {
namespace {

std::string folded(Model& model, const PassOptions& options = {}) {
  const Model before = model;
  EXPECT_GT(apply(model, "fold-batch-norm", options), 0);
  expect_same_outputs(before, model);
  EXPECT_EQ(apply(model, "fold-batch-norm", options), 0);
  return ops(model);
}

struct ConvCase {
  const char* op_type;
  int64_t group;
  Ints weight;
  int64_t channels_out;
  bool bias;
};

class FoldIntoConv : public testing::TestWithParam<ConvCase> {};

TEST_P(FoldIntoConv, KeepsTheOutputsAndItsName) {
  const ConvCase& c = GetParam();
  ModelBuilder b;
  b.input("x", {-1, 4, 5, 5}).weights("w", c.weight).weights("b", {c.channels_out});
  std::vector<std::string> inputs = {"x", "w"};
  if (c.bias) inputs.push_back("b");
  b.node(c.op_type, inputs, {"c"}, {{"group", c.group}, {"pads", Ints{1, 1, 1, 1}}});
  b.batch_norm("c", "y", c.channels_out);
  Model model = b.output("y").build();
  EXPECT_EQ(folded(model), c.op_type);
  EXPECT_EQ(model.graph.value(only(model, c.op_type).outputs[0]).name, "y");
  EXPECT_EQ(constant_of(model, only(model, c.op_type), 2).shape(), Shape{c.channels_out});
}

INSTANTIATE_TEST_SUITE_P(
    Groups, FoldIntoConv,
    testing::Values(ConvCase{"Conv", 1, {6, 4, 3, 3}, 6, false},
                    ConvCase{"Conv", 1, {6, 4, 3, 3}, 6, true},
                    ConvCase{"Conv", 2, {6, 2, 3, 3}, 6, true},   // grouped
                    ConvCase{"Conv", 4, {4, 1, 3, 3}, 4, false},  // depthwise
                    ConvCase{"Conv", 4, {8, 1, 3, 3}, 8, true},   // depthwise, multiplier 2
                    ConvCase{"ConvTranspose", 1, {4, 6, 3, 3}, 6, true},
                    ConvCase{"ConvTranspose", 2, {4, 3, 3, 3}, 6, false},
                    ConvCase{"ConvTranspose", 4, {4, 1, 3, 3}, 4, true}));

TEST(FoldBatchNorm, IntoGemmInBothForms) {
  for (const int64_t transposed : {0, 1}) {
    ModelBuilder b;
    b.input("x", {-1, 5}).weights("w", transposed != 0 ? Ints{3, 5} : Ints{5, 3});
    b.node("Gemm", {"x", "w"}, {"g"}, {{"transB", transposed}}).batch_norm("g", "y", 3);
    Model model = b.output("y").build();
    EXPECT_EQ(folded(model), "Gemm");
  }
}

TEST(FoldBatchNorm, MatMulOfRankTwoBecomesGemm) {
  ModelBuilder b;
  b.input("x", {-1, 5}).weights("w", {5, 3}).node("MatMul", {"x", "w"}, {"m"});
  b.batch_norm("m", "y", 3);
  Model model = b.output("y").build();
  EXPECT_EQ(folded(model), "Gemm");
}

TEST(FoldBatchNorm, OverConstantArithmeticBehindTheLayer) {
  ModelBuilder b;
  b.input("x", {-1, 5}).weights("w", {5, 3}).weights("bias", {3});
  b.node("MatMul", {"x", "w"}, {"m"}).node("Add", {"bias", "m"}, {"a"});
  b.batch_norm("a", "y", 3);
  Model model = b.output("y").build();
  EXPECT_EQ(folded(model), "Gemm");
}

TEST(FoldBatchNorm, SharedWeightsAreCopied) {
  ModelBuilder b;
  b.input("x", {-1, 4, 5, 5}).weights("w", {4, 4, 3, 3});
  b.node("Conv", {"x", "w"}, {"c1"}, {{"pads", Ints{1, 1, 1, 1}}}).batch_norm("c1", "n1", 4);
  b.node("Conv", {"n1", "w"}, {"c2"}).batch_norm("c2", "y", 4);
  Model model = b.output("y").build();
  EXPECT_EQ(folded(model), "Conv Conv");
}

TEST(FoldBatchNorm, ALayerWithOtherReadersIsLeftAlone) {
  ModelBuilder b;
  b.input("x", {-1, 4, 5, 5}).weights("w", {4, 4, 1, 1}).node("Conv", {"x", "w"}, {"c"});
  b.batch_norm("c", "n", 4).node("Add", {"c", "n"}, {"y"});
  Model model = b.output("y").build();
  EXPECT_EQ(folded(model), "Conv Conv Add");
  EXPECT_EQ(constant_of(model, model.graph.node(model.graph.topological_order()[1]), 1).shape(),
            (Shape{4, 1, 1, 1}));
}

TEST(FoldBatchNorm, IntoTheUnpaddedConvBehind) {
  for (const int64_t group : {1, 2}) {
    ModelBuilder b;
    b.input("x", {-1, 4, 5, 5}).batch_norm("x", "n", 4).weights("w", {6, 4 / group, 3, 3});
    b.weights("b", {6}).node("Conv", {"n", "w", "b"}, {"y"}, {{"group", group}});
    Model model = b.output("y").build();
    EXPECT_EQ(folded(model), "Conv");
  }
}

TEST(FoldBatchNorm, AShiftInFrontOfPaddingBecomesADepthwiseConv) {
  ModelBuilder b;
  b.input("x", {-1, 4, 5, 5}).batch_norm("x", "n", 4).weights("w", {6, 4, 3, 3});
  b.node("Conv", {"n", "w"}, {"y"}, {{"pads", Ints{1, 1, 1, 1}}});
  Model model = b.output("y").build();
  EXPECT_EQ(folded(model), "Conv Conv");
}

TEST(FoldBatchNorm, WithoutShiftPaddingDoesNotMatter) {
  ModelBuilder b;
  b.input("x", {-1, 4, 5, 5}).batch_norm("x", "n", 4).weights("w", {6, 4, 3, 3});
  b.floats("n_shift", {0, 0, 0, 0}).floats("n_mean", {0, 0, 0, 0});
  b.node("Conv", {"n", "w"}, {"y"}, {{"pads", Ints{1, 1, 1, 1}}});
  Model model = b.output("y").build();
  EXPECT_EQ(folded(model), "Conv");
}

TEST(FoldBatchNorm, ThroughFlattenIntoTheLayerBehind) {
  for (const bool reshape : {false, true}) {
    ModelBuilder b;
    b.input("x", {-1, 4, 3, 3}).batch_norm("x", "n", 4).ints("target", {-1, 36});
    reshape ? b.node("Reshape", {"n", "target"}, {"f"}) : b.node("Flatten", {"n"}, {"f"});
    b.weights("w", {36, 5}).node("MatMul", {"f", "w"}, {"y"});
    Model model = b.output("y").build();
    EXPECT_EQ(folded(model), reshape ? "Reshape Gemm" : "Flatten Gemm");
  }
}

TEST(FoldBatchNorm, LeftoversAsAsked) {
  const std::pair<const char*, const char*> expected[] = {{"conv", "Relu Conv"},
                                                          {"mul-add", "Relu Mul Add"}};
  for (const auto& [option, result] : expected) {
    ModelBuilder b;
    b.input("x", {-1, 4, 5, 5}).node("Relu", {"x"}, {"r"}).batch_norm("r", "y", 4);
    Model model = b.output("y").build();
    EXPECT_EQ(folded(model, {{"leftover", option}}), result);
  }
  ModelBuilder b;
  b.input("x", {-1, 4}).node("Relu", {"x"}, {"r"}).batch_norm("r", "y", 4);
  Model model = b.output("y").build();
  EXPECT_EQ(apply(model, "fold-batch-norm", {{"leftover", "keep"}}), 0);
  EXPECT_EQ(folded(model), "Relu Mul Add");  // rank 2
}

TEST(FoldBatchNorm, AsTheDataOfANodeOnly) {
  // The normalized value is a bias that is computed: nothing to fold into.
  ModelBuilder b;
  b.input("x", {2, 3}).input("a", {2, 5}).batch_norm("x", "n", 3).weights("w", {5, 3});
  b.node("Gemm", {"a", "w", "n"}, {"y"});
  Model model = b.output("y").build();
  EXPECT_EQ(folded(model), "Mul Add Gemm");
}

}  // namespace
}  // namespace edgeopt::test
