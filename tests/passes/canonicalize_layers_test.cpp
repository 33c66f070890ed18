// The pass canonicalize around layers: arithmetic with constants, Gemm, padding.
#include <gtest/gtest.h>

#include "support/model_builder.h"
#include "support/one_node.h"
#include "support/pass_fixture.h"

namespace edgeopt::test {
namespace {

std::string canonical(Model& model) {
  const Model before = model;
  apply(model, "canonicalize");
  expect_same_outputs(before, model);
  EXPECT_EQ(apply(model, "canonicalize"), 0);
  return ops(model);
}

std::string canonical(ModelBuilder& b) {
  Model model = b.build();
  return canonical(model);
}

TEST(CanonicalizeLayers, ArithmeticBehindAConvMovesIntoIt) {
  const Ints shapes[] = {{4, 1, 1}, {1, 4, 1, 1}, {1}, {}};
  for (const Ints& shape : shapes) {
    ModelBuilder b;
    b.input("x", {-1, 3, 5, 5}).weights("w", {4, 3, 3, 3}).weights("k", shape, 0.5F, 2);
    b.node("Conv", {"x", "w"}, {"c"}).node("Mul", {"k", "c"}, {"d"}).node("Add", {"d", "k"}, {"e"});
    b.node("Sub", {"k", "e"}, {"f"}).node("Div", {"f", "k"}, {"y"}).output("y");
    Model model = b.build();
    EXPECT_EQ(canonical(model), "Conv");
    EXPECT_EQ(constant_of(model, only(model, "Conv"), 2).shape(), Shape{4});
    EXPECT_EQ(model.graph.value(only(model, "Conv").outputs[0]).name, "y");
  }
}

// What Keras's exporter leaves of batch normalization behind a depthwise layer.
TEST(CanonicalizeLayers, ScaleAndShiftBehindADepthwiseConvMoveIntoIt) {
  ModelBuilder b;
  b.input("x", {-1, 4, 5, 5}).weights("w", {4, 1, 3, 3}).scalar("zero", 0).scalar("six", 6);
  b.weights("scale", {1, 4, 1, 1}, 0.5F, 2).weights("shift", {1, 4, 1, 1});
  b.node("Conv", {"x", "w"}, {"c"}, {{"group", int64_t{4}}, {"pads", Ints{1, 1, 1, 1}}});
  b.node("Mul", {"c", "scale"}, {"m"}).node("Add", {"m", "shift"}, {"a"});
  b.node("Clip", {"a", "zero", "six"}, {"y"}).output("y");
  EXPECT_EQ(canonical(b), "Conv Clip");
}

TEST(CanonicalizeLayers, OtherArithmeticStays) {
  ModelBuilder wide;  // along the width, not the channels
  wide.input("x", {-1, 3, 4, 4}).weights("w", {4, 3, 1, 1}).weights("k", {4});
  wide.node("Conv", {"x", "w"}, {"c"}).node("Mul", {"c", "k"}, {"y"}).output("y");
  EXPECT_EQ(canonical(wide), "Conv Mul");
  ModelBuilder divisor;
  divisor.input("x", {-1, 3, 4, 4}).weights("w", {4, 3, 1, 1}).scalar("k", 3);
  divisor.node("Conv", {"x", "w"}, {"c"}).node("Div", {"k", "c"}, {"y"}).output("y");
  EXPECT_EQ(canonical(divisor), "Conv Div");
  ModelBuilder read_twice;
  read_twice.input("x", {-1, 3, 4, 4}).weights("w", {4, 3, 1, 1}).scalar("k", 3);
  read_twice.node("Conv", {"x", "w"}, {"c"}).node("Mul", {"c", "k"}, {"d"});
  read_twice.node("Add", {"c", "d"}, {"y"}).output("y");
  EXPECT_EQ(canonical(read_twice), "Conv Mul Add");
}

TEST(CanonicalizeLayers, MatMulAndAddBecomeGemmOnRankTwo) {
  ModelBuilder b;
  b.input("x", {-1, 6}).weights("w", {6, 4}).weights("k", {4});
  b.node("MatMul", {"x", "w"}, {"m"}).node("Add", {"m", "k"}, {"y"}).output("y");
  Model model = b.build();
  EXPECT_EQ(canonical(model), "Gemm");
  EXPECT_EQ(only(model, "Gemm").name, "Nm");
  ModelBuilder tokens;
  tokens.input("x", {-1, 5, 6}).weights("w", {6, 4}).weights("k", {4});
  tokens.node("MatMul", {"x", "w"}, {"m"}).node("Add", {"m", "k"}, {"y"}).output("y");
  EXPECT_EQ(canonical(tokens), "MatMul Add");
  ModelBuilder scaled;
  scaled.input("x", {-1, 5, 6}).weights("w", {6, 4}).weights("k", {4});
  scaled.node("MatMul", {"x", "w"}, {"m"}).node("Mul", {"m", "k"}, {"y"}).output("y");
  EXPECT_EQ(canonical(scaled), "MatMul");
}

TEST(CanonicalizeLayers, GemmGetsItsPlainForm) {
  ModelBuilder b;
  b.input("x", {-1, 6}).weights("w", {4, 6}).weights("k", {1, 4});
  b.node("Gemm", {"x", "w", "k"}, {"y"}, {{"alpha", 0.5F}, {"beta", 3.0F}, {"transB", int64_t{1}}});
  Model model = b.output("y").build();
  EXPECT_EQ(canonical(model), "Gemm");
  EXPECT_EQ(only(model, "Gemm").attributes.size(), 1U);
  EXPECT_EQ(constant_of(model, only(model, "Gemm"), 2).shape(), Shape{4});
}

TEST(CanonicalizeLayers, SharedWeightsAreCopied) {
  ModelBuilder b;
  b.input("x", {-1, 4, 4, 4}).weights("w", {4, 4, 1, 1}).scalar("k", 3);
  b.node("Conv", {"x", "w"}, {"c"}).node("Mul", {"c", "k"}, {"d"}).node("Conv", {"d", "w"}, {"y"});
  b.output("y");
  EXPECT_EQ(canonical(b), "Conv Conv");
}

TEST(CanonicalizeLayers, ZeroPadsMoveIntoConvolutions) {
  for (const bool by_axes : {false, true}) {
    ModelBuilder b(18);
    b.input("x", {-1, 3, 5, 5}).weights("w", {4, 3, 3, 3});
    b.ints("pads", by_axes ? Ints{0, 1, 2, 1} : Ints{0, 0, 0, 1, 0, 0, 2, 1}).ints("axes", {2, -1});
    by_axes ? b.node("Pad", {"x", "pads", "", "axes"}, {"p"}) : b.node("Pad", {"x", "pads"}, {"p"});
    b.node("Conv", {"p", "w"}, {"y"}, {{"pads", Ints{1, 0, 0, 0}}, {"strides", Ints{2, 2}}});
    Model model = b.output("y").build();
    EXPECT_EQ(canonical(model), "Conv");
    EXPECT_EQ(only(model, "Conv").ints_or("pads", {}), (Ints{1, 1, 2, 1}));
  }
}

TEST(CanonicalizeLayers, OtherPadsStay) {
  ModelBuilder ones;
  ones.input("x", {-1, 3, 5, 5}).weights("w", {4, 3, 3, 3}).scalar("one", 1);
  ones.ints("pads", {0, 0, 1, 1, 0, 0, 1, 1}).node("Pad", {"x", "pads", "one"}, {"p"});
  ones.node("Conv", {"p", "w"}, {"y"}).output("y");
  EXPECT_EQ(canonical(ones), "Pad Conv");
  ModelBuilder channels;
  channels.input("x", {-1, 3, 5, 5}).weights("w", {4, 4, 3, 3});
  channels.ints("pads", {0, 0, 0, 0, 0, 1, 0, 0}).node("Pad", {"x", "pads"}, {"p"});
  channels.node("Conv", {"p", "w"}, {"y"}).output("y");
  EXPECT_EQ(canonical(channels), "Pad Conv");
  ModelBuilder reflected;
  reflected.input("x", {-1, 3, 5, 5})
      .weights("w", {4, 3, 3, 3})
      .ints("pads", {0, 0, 1, 1, 0, 0, 1, 1});
  reflected.node("Pad", {"x", "pads"}, {"p"}, {{"mode", std::string("reflect")}});
  reflected.node("Conv", {"p", "w"}, {"y"}).output("y");
  EXPECT_EQ(canonical(reflected), "Pad Conv");
}

ModelBuilder padded_pool(const std::string& pool, std::vector<Attribute> attributes, bool relu) {
  ModelBuilder b;
  b.input("x", {-1, 3, 6, 6}).ints("pads", {0, 0, 1, 0, 0, 0, 1, 1});
  std::string data = "x";
  if (relu) b.node("Relu", {"x"}, {data = "r"});
  attributes.push_back({"kernel_shape", Ints{3, 3}});
  b.node("Pad", {data, "pads"}, {"p"}).node(pool, {"p"}, {"y"}, std::move(attributes)).output("y");
  return b;
}

TEST(CanonicalizeLayers, PadsMoveIntoPoolingWhereItIsExact) {
  ModelBuilder average = padded_pool("AveragePool", {}, false);
  Model model = average.build();
  EXPECT_EQ(canonical(model), "AveragePool");
  EXPECT_EQ(only(model, "AveragePool").int_or("count_include_pad", 0), 1);
  ModelBuilder twice = padded_pool("AveragePool", {{"pads", Ints{1, 1, 1, 1}}}, false);
  EXPECT_EQ(canonical(twice), "Pad AveragePool");
  ModelBuilder after_relu = padded_pool("MaxPool", {}, true);
  EXPECT_EQ(canonical(after_relu), "Relu MaxPool");
  ModelBuilder signed_data = padded_pool("MaxPool", {}, false);
  EXPECT_EQ(canonical(signed_data), "Pad MaxPool");
}

std::string canonical_einsum(const std::string& equation, const Ints& a, const Ints& b) {
  ModelBuilder builder;
  builder.input("a", a).input("b", b);
  builder.node("Einsum", {"a", "b"}, {"y"}, {{"equation", equation}}).output("y");
  return canonical(builder);
}

TEST(CanonicalizeLayers, AnEinsumThatIsAMatMulBecomesOne) {
  EXPECT_EQ(canonical_einsum("ij,jk->ik", {2, 3}, {3, 4}), "MatMul");
  EXPECT_EQ(canonical_einsum("B H I J, B H J D -> B H I D", {-1, 2, 3, 4}, {-1, 2, 4, 5}),
            "MatMul");
  EXPECT_EQ(canonical_einsum("BHID,BHJD->BHIJ", {-1, 2, 3, 4}, {-1, 2, 5, 4}), "Transpose MatMul");
  EXPECT_EQ(canonical_einsum("nctkv,kvw->nctkw", {2, 3, 2, 4, 5}, {4, 5, 6}), "Einsum");
  EXPECT_EQ(canonical_einsum("aecd,abcd->acbe", {-1, 3, 2, 4}, {-1, 5, 2, 4}),
            "Transpose Transpose MatMul Transpose");
  EXPECT_EQ(canonical_einsum("abc,cd->abd", {-1, 2, 3}, {3, 4}), "MatMul");
  EXPECT_EQ(canonical_einsum("ij,jk->ki", {2, 3}, {3, 4}), "MatMul Transpose");
}

TEST(CanonicalizeLayers, AnEinsumWithWeightsBecomesALayer) {
  ModelBuilder b;
  b.input("x", {-1, 2, 3}).weights("w", {4, 3});
  b.node("Einsum", {"x", "w"}, {"y"}, {{"equation", std::string("abc,dc->abd")}}).output("y");
  EXPECT_EQ(canonical(b), "MatMul");
}

TEST(CanonicalizeLayers, OtherEinsumsStay) {
  EXPECT_EQ(canonical_einsum("i,j->ij", {2}, {3}), "Einsum");
  EXPECT_EQ(canonical_einsum("ijk,jl->il", {2, 3, 4}, {3, 5}), "Einsum");
  EXPECT_EQ(canonical_einsum("ij,kj->i", {2, 3}, {4, 3}), "Einsum");
  EXPECT_EQ(canonical_einsum("ij,jk->ik", {2, 1}, {3, 4}), "Einsum");
  EXPECT_EQ(canonical_einsum("...ij,jk->...ik", {2, 3}, {3, 4}), "Einsum");
  EXPECT_EQ(canonical_einsum("ij,jkl->ikl", {2, 3}, {3, 4, 5}), "Einsum");
}

}  // namespace
}  // namespace edgeopt::test
