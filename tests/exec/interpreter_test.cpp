#include "exec/interpreter.h"

#include <gtest/gtest.h>

#include "edgeopt/error.h"

namespace edgeopt {
namespace {

ValueType floats(std::vector<Dimension> dims) { return {DataType::kFloat, std::move(dims), {}}; }

// x -> Relu -> ... -> Relu, the last one a graph output.
Graph chain(int length) {
  Graph graph;
  ValueId from = graph.add_value("x", floats({{-1, "N"}, {2, ""}}));
  graph.set_graph_inputs({from});
  for (int i = 0; i < length; ++i) {
    const ValueId to = graph.add_value("y" + std::to_string(i));
    Node node;
    node.op_type = "Relu";
    node.inputs = {from};
    node.outputs = {to};
    graph.add_node(std::move(node));
    from = to;
  }
  graph.set_graph_outputs({from});
  return graph;
}

TEST(Interpreter, LongChainsRunInLinearTimeAndReportEveryValue) {
  const Graph graph = chain(20000);
  int seen = 0;
  InterpretOptions options;
  options.on_value = [&seen](ValueId, const Tensor&) { ++seen; };
  const auto result =
      interpret(graph, 17, {{"x", Tensor::from_floats({1, 2}, {-1.F, 2.F})}}, options);
  ASSERT_EQ(result.size(), 1U);
  EXPECT_EQ(result[0].shape(), (Shape{1, 2}));
  EXPECT_EQ(result[0].data<float>()[0], 0.F);
  EXPECT_EQ(result[0].data<float>()[1], 2.F);
  EXPECT_EQ(seen, 20001);
}

TEST(Interpreter, UnknownOperatorIsUnsupportedAndNamed) {
  Graph graph = chain(1);
  graph.edit(NodeId{0}).op_type = "Bogus";
  graph.edit(NodeId{0}).name = "it";
  try {
    interpret(graph, 17, {{"x", Tensor::from_floats({1, 2}, {1.F, 2.F})}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_STREQ(error.what(), "Bogus 'it': the operator Bogus is not supported");
  }
}

TEST(Interpreter, MissingAndMistypedFeedsAreBadInput) {
  const Graph graph = chain(1);
  EXPECT_THROW(interpret(graph, 17, {}), Error);
  EXPECT_THROW(interpret(graph, 17, {{"x", Tensor::from_ints({1, 2}, {1, 2})}}), Error);
}

}  // namespace
}  // namespace edgeopt
