#include <gtest/gtest.h>

#include "support/model_builder.h"
#include "support/pass_fixture.h"

namespace edgeopt::test {
namespace {

TEST(EliminateDead, RemovesNodesAndConstantsThatReachNoOutput) {
  ModelBuilder b;
  b.input("x", {-1, 4}).input("unused", {1}).scalar("one", 1).scalar("two", 2);
  b.node("Relu", {"x"}, {"y"});
  b.node("Add", {"x", "one"}, {"a"}).node("Mul", {"a", "two"}, {"dead"});
  Model model = b.output("y").build();
  EXPECT_EQ(apply_checked(model, "eliminate-dead"), 4);  // two nodes, two constants
  EXPECT_EQ(ops(model), "Relu");
  EXPECT_TRUE(model.graph.constants().empty());
  EXPECT_EQ(model.graph.inputs().size(), 2U);  // the interface stays
  EXPECT_EQ(apply(model, "eliminate-dead"), 0);
}

TEST(EliminateDead, KeepsWhatSubgraphsRead) {
  ModelBuilder b;
  b.input("x", {-1, 4}).input("condition", {}, DataType::kBool);
  b.node("Relu", {"x"}, {"inner"}).node("If", {"condition"}, {"y"});
  Model model = b.output("y").build();
  Node node = only(model, "If");
  const ValueId inner = *model.graph.find_value("inner");
  const NodeId id = node.id;
  model.graph.remove_node(id);
  node.captured = {inner};
  model.graph.add_node(node);
  EXPECT_EQ(apply(model, "eliminate-dead"), 0);
  EXPECT_EQ(ops(model), "Relu If");
}

TEST(EliminateDead, AnUnusedConstantThatIsListedAsInputGoes) {
  ModelBuilder b;
  b.input("x", {-1, 4}).node("Relu", {"x"}, {"y"});
  b.input("w", {2}).floats("w", {1, 2});
  Model model = b.output("y").build();
  EXPECT_EQ(apply_checked(model, "eliminate-dead"), 1);
  EXPECT_EQ(model.graph.inputs().size(), 1U);
}

TEST(EliminateDead, DropsOptionalOutputsThatNobodyReads) {
  ModelBuilder b;
  b.input("x", {-1, 4}).node("Dropout", {"x"}, {"y", "mask"});
  Model model = b.output("y").build();
  EXPECT_EQ(apply_checked(model, "eliminate-dead"), 1);
  EXPECT_EQ(only(model, "Dropout").outputs.size(), 1U);
}

}  // namespace
}  // namespace edgeopt::test
