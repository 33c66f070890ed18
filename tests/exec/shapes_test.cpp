#include "exec/shapes.h"

#include <gtest/gtest.h>

#include "edgeopt/error.h"

namespace edgeopt {
namespace {

Graph relu_graph(std::optional<std::vector<Dimension>> dims) {
  Graph graph;
  const ValueId x = graph.add_value("x", {DataType::kFloat, std::move(dims), {}});
  const ValueId y = graph.add_value("y");
  Node node;
  node.op_type = "Relu";
  node.inputs = {x};
  node.outputs = {y};
  graph.add_node(std::move(node));
  graph.set_graph_inputs({x});
  graph.set_graph_outputs({y});
  return graph;
}

ErrorCode code_of(const Graph& graph, const std::map<std::string, Shape>& overrides) {
  try {
    resolve_feed_shapes(graph, overrides, 1);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;
}

TEST(ResolveFeedShapes, SymbolicBatchIsSetAndOverridesWin) {
  const Graph graph = relu_graph({{{-1, "N"}, {3, ""}}});
  EXPECT_EQ(resolve_feed_shapes(graph, {}, 8).at(ValueId{0}), (Shape{8, 3}));
  EXPECT_EQ(resolve_feed_shapes(graph, {{"x", {2, 3}}}, 8).at(ValueId{0}), (Shape{2, 3}));
}

TEST(ResolveFeedShapes, WhatIsNotKnownOrDoesNotFitIsAUsageError) {
  const Graph free_width = relu_graph({{{1, ""}, {-1, "W"}}});
  EXPECT_EQ(code_of(free_width, {}), ErrorCode::kUsage);
  EXPECT_EQ(code_of(free_width, {{"x", {2, 3}}}), ErrorCode::kUsage);  // the batch is 1
  EXPECT_EQ(code_of(free_width, {{"x", {1, 3, 3}}}), ErrorCode::kUsage);
  EXPECT_EQ(code_of(free_width, {{"x", {1, 3}}, {"z", {1}}}), ErrorCode::kUsage);
  EXPECT_EQ(code_of(relu_graph(std::nullopt), {}), ErrorCode::kUsage);
}

TEST(InferShapes, ConstantsAreFoldedUpToTheLimit) {
  Graph graph = relu_graph({{{2, ""}}});
  graph.set_constant(ValueId{0}, Tensor::from_floats({2}, {-1.F, 1.F}));
  const InferredGraph folded = infer_shapes(graph, 17, {});
  ASSERT_TRUE(folded[ValueId{1}].value);
  EXPECT_EQ(folded[ValueId{1}].value->data<float>()[0], 0.F);
  EXPECT_FALSE(infer_shapes(graph, 17, {}, 1)[ValueId{1}].value);
}

TEST(InferShapes, UnknownOperatorsLeaveAGapThatTheFileMayFill) {
  Graph graph = relu_graph({{{2, ""}}});
  graph.edit(NodeId{0}).op_type = "Bogus";
  const InferredGraph open = infer_shapes(graph, 17, {});
  EXPECT_NE(open.gap.find("Bogus"), std::string::npos);
  EXPECT_EQ(open.gap_node, NodeId{0});
  EXPECT_FALSE(open[ValueId{1}].shape);
  graph.set_type(ValueId{1}, {DataType::kFloat, {{{2, ""}}}, {}});
  EXPECT_EQ(infer_shapes(graph, 17, {})[ValueId{1}].shape, (Shape{2}));
}

}  // namespace
}  // namespace edgeopt
