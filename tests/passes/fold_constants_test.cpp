#include <gtest/gtest.h>

#include "support/model_builder.h"
#include "support/one_node.h"
#include "support/pass_fixture.h"

namespace edgeopt::test {
namespace {

TEST(FoldConstants, NodesOfConstantsBecomeConstants) {
  ModelBuilder b;
  b.input("x", {-1, 3}).floats("a", {1, 2, 3}).floats("b", {10, 20, 30});
  b.node("Add", {"a", "b"}, {"sum"}).node("Neg", {"sum"}, {"low"}).node("Add", {"x", "low"}, {"y"});
  Model model = b.output("y").build();
  EXPECT_EQ(apply_checked(model, "fold-constants"), 2);
  EXPECT_EQ(ops(model), "Add");
  EXPECT_EQ(values_of(constant_of(model, only(model, "Add"), 1)),
            (std::vector<double>{-11, -22, -33}));
  EXPECT_EQ(apply(model, "fold-constants"), 0);
}

TEST(FoldConstants, ConstantNodesOfEveryKind) {
  ModelBuilder b;
  b.input("x", {-1, 2}).input("s", {2}, DataType::kString);
  b.node("Constant", {}, {"t"}, {{"value", Tensor::from_floats({2}, {1, 2})}});
  b.node("Constant", {}, {"f"}, {{"value_float", 3.0F}});
  b.node("Constant", {}, {"fs"}, {{"value_floats", Floats{4, 5}}});
  b.node("Sum", {"x", "t", "f", "fs"}, {"y"});
  b.node("Constant", {}, {"i"}, {{"value_ints", Ints{7, 8}}});
  b.node("Cast", {"x"}, {"xi"}, {{"to", int64_t{7}}}).node("Add", {"xi", "i"}, {"z"});
  b.output("y").output("z", DataType::kInt64);
  Model model = b.build();
  const Model before = model;
  EXPECT_EQ(apply(model, "fold-constants"), 4);
  EXPECT_EQ(ops(model), "Sum Cast Add");
  EXPECT_EQ(model.graph.constant(*model.graph.find_value("f"))->rank(), 0U);
  EXPECT_EQ(values_of(*model.graph.constant(*model.graph.find_value("i"))),
            (std::vector<double>{7, 8}));
}

// Swin's: which windows' tokens are neighbours.
TEST(FoldConstants, AnAttentionMaskIsNoLongerComputed) {
  ModelBuilder b;
  b.input("x", {-1, 64, 49, 49}).weights("row", {64, 1, 49}).weights("column", {64, 49, 1});
  b.scalar("zero", 0).node("Sub", {"row", "column"}, {"d"}).node("Equal", {"d", "zero"}, {"e"});
  b.scalar("low", -100).node("Where", {"e", "d", "low"}, {"m"}).node("Add", {"x", "m"}, {"y"});
  Model model = b.output("y").build();
  apply(model, "fold-constants");
  EXPECT_EQ(ops(model), "Add");
}

TEST(FoldConstants, QuantizedWeightsBecomeFloat) {
  ModelBuilder b;
  b.input("x", {-1, 2}).scalar("scale", 0.5F);
  b.constant("q", make_tensor(DataType::kInt8, {600000, 2}, std::vector<double>(1200000, -3)));
  b.constant("zero", make_tensor(DataType::kInt8, {}, {1}));
  b.node("DequantizeLinear", {"q", "scale", "zero"}, {"w"});
  b.node("Add", {"x", "w"}, {"y"});
  Model model = b.output("y").build();
  // More elements than the limit, but no more than the node's input has.
  EXPECT_EQ(apply(model, "fold-constants"), 1);
  EXPECT_EQ(ops(model), "Add");
  EXPECT_EQ(constant_of(model, only(model, "Add"), 1).data<float>()[0], -2);
}

TEST(FoldConstants, TheLimitKeepsTheFileSmall) {
  for (const bool folds : {false, true}) {
    ModelBuilder b;
    b.input("x", {-1, 64}).weights("row", {1, 64}).weights("column", {64, 1});
    b.node("Add", {"row", "column"}, {"table"}).node("Add", {"x", "table"}, {"y"}, {}, "last");
    Model model = b.output("y").build();
    EXPECT_EQ(apply(model, "fold-constants", {{"limit", folds ? "4096" : "4095"}}), folds ? 1 : 0);
  }
}

TEST(FoldConstants, OutputsKeepTheirNodes) {
  ModelBuilder b;
  b.floats("a", {1, 2}).node("Neg", {"a"}, {"y"});
  Model model = b.output("y").build();
  EXPECT_EQ(apply(model, "fold-constants"), 0);
}

}  // namespace
}  // namespace edgeopt::test
