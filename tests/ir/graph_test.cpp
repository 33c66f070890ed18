#include "edgeopt/graph.h"

#include <gtest/gtest.h>

#include "edgeopt/error.h"

namespace edgeopt {
namespace {

Node make_node(std::string op, std::vector<ValueId> inputs, std::vector<ValueId> outputs) {
  Node node;
  node.op_type = std::move(op);
  node.inputs = std::move(inputs);
  node.outputs = std::move(outputs);
  return node;
}

TEST(Graph, UsesFollowEveryMutator) {
  Graph graph;
  const ValueId x = graph.add_value("x");
  const ValueId y = graph.add_value("y");
  const ValueId z = graph.add_value("z");
  const NodeId first = graph.add_node(make_node("Relu", {x}, {y}));
  const NodeId second = graph.add_node(make_node("Add", {y, y}, {z}));
  graph.set_graph_outputs({z});
  EXPECT_EQ(graph.value(y).producer, first);
  EXPECT_EQ(graph.use_count(y), 2U);
  EXPECT_FALSE(graph.only_user(y).valid());

  graph.set_input(second, 1, x);
  EXPECT_EQ(graph.only_user(y), second);
  graph.replace_uses(y, x);
  EXPECT_EQ(graph.use_count(y), 0U);
  EXPECT_EQ(graph.use_count(x), 3U);
  graph.replace_uses(z, y);
  EXPECT_EQ(graph.outputs()[0], y);
  graph.set_inputs(second, {x});
  EXPECT_EQ(graph.use_count(x), 2U);
  graph.set_inputs(second, {x, x});
  EXPECT_EQ(graph.use_count(x), 3U);
  graph.remove_node(second);
  EXPECT_EQ(graph.use_count(x), 1U);
  EXPECT_FALSE(graph.value(z).producer.valid());
}

TEST(Graph, SortedOrderIsKeptAndUnsortedIsSorted) {
  Graph graph;
  const ValueId x = graph.add_value("x");
  const ValueId y = graph.add_value("y");
  const ValueId z = graph.add_value("z");
  const NodeId late = graph.add_node(make_node("Relu", {y}, {z}));
  const NodeId early = graph.add_node(make_node("Relu", {x}, {y}));
  EXPECT_EQ(graph.topological_order(), (std::vector<NodeId>{early, late}));
}

TEST(Graph, CycleIsAnErrorThatNamesANode) {
  Graph graph;
  const ValueId x = graph.add_value("x");
  const ValueId y = graph.add_value("y");
  graph.add_node(make_node("Relu", {x}, {y}));
  graph.add_node(make_node("Neg", {y}, {x}));
  EXPECT_THROW(graph.topological_order(), Error);
}

TEST(Graph, RepeatedNamesAreRefusedAndFreshNamesAreNew) {
  Graph graph;
  graph.add_value("x");
  EXPECT_THROW(graph.add_value("x"), Error);
  for (int i = 1; i < 20; ++i) EXPECT_EQ(graph.add_value(graph.fresh_name("x")).index, i);
  EXPECT_EQ(graph.fresh_name("x"), "x_20");
  EXPECT_EQ(graph.fresh_name("y"), "y");
}

}  // namespace
}  // namespace edgeopt
