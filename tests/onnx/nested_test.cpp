#include "onnx/nested.h"

#include <gtest/gtest.h>

#include "edgeopt/error.h"
#include "onnx/model_io.h"
#include "onnx/protos.h"
#include "support/pass_fixture.h"

namespace edgeopt {
namespace {

// y = If(c) { Squeeze(x) } else { f(x) }, where the else branch holds a Loop with a Softmax.
onnx::ModelProto nested_model(int64_t opset) {
  onnx::ModelProto proto;
  proto.set_ir_version(8);
  proto.add_opset_import()->set_version(opset);
  auto& graph = *proto.mutable_graph();
  graph.set_name("g");
  for (const char* name : {"x", "c"}) {
    auto& input = *graph.add_input();
    input.set_name(name);
    input.mutable_type()->mutable_tensor_type()->set_elem_type(name[0] == 'x' ? 1 : 9);
  }
  graph.add_output()->set_name("y");
  auto& node = *graph.add_node();
  node.set_op_type("If");
  node.set_name("choice");
  node.add_input("c");
  node.add_output("y");
  const auto branch = [&](const char* name, const char* op_type) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::GRAPH);
    auto& inner = *attribute.mutable_g()->add_node();
    inner.set_op_type(op_type);
    inner.set_name(std::string(name) + "_node");
    inner.add_input("x");
    inner.add_output("z");
    attribute.mutable_g()->add_output()->set_name("z");
    return &inner;
  };
  branch("then_branch", "Squeeze");
  auto* loop = branch("else_branch", "Loop");
  auto& body = *loop->add_attribute();
  body.set_name("body");
  body.set_type(onnx::AttributeProto::GRAPH);
  body.mutable_g()->add_node()->set_op_type("Relu");
  return proto;
}

Model parsed(const onnx::ModelProto& proto) { return parse_model(proto.SerializeAsString()); }

std::string refusal(Model model) {
  try {
    test::apply(model, "upgrade-opset");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    return error.what();
  }
  return "";
}

TEST(Nested, FindsNodesOfSubgraphsAtEveryDepth) {
  const Model model = parsed(nested_model(12));
  const auto nodes = subgraph_nodes(model.graph.node(model.graph.topological_order()[0]));
  ASSERT_EQ(nodes.size(), 3U);
  EXPECT_EQ(nodes[0].op_type, "Squeeze");
  EXPECT_EQ(nodes[0].name, "then_branch_node");
  EXPECT_EQ(nodes[2].op_type, "Relu");
  EXPECT_TRUE(function_nodes(model).empty());
}

TEST(Nested, ASubgraphThatWouldHaveToChangeIsRefused) {
  const std::string message = refusal(parsed(nested_model(12)));
  EXPECT_NE(message.find("If 'choice'"), std::string::npos) << message;
  EXPECT_NE(message.find("Squeeze 'then_branch_node'"), std::string::npos) << message;
  EXPECT_EQ(refusal(parsed(nested_model(13))), "");
  onnx::ModelProto proto = nested_model(12);
  auto* node = proto.mutable_graph()->mutable_node(0);
  node->mutable_attribute(0)->mutable_g()->mutable_node(0)->set_op_type("Abs");
  EXPECT_EQ(refusal(parsed(proto)), "");  // nothing in it changed
}

TEST(Nested, AFunctionThatWouldHaveToChangeIsRefused) {
  onnx::ModelProto proto = nested_model(12);
  proto.mutable_graph()->mutable_node(0)->clear_attribute();
  auto& function = *proto.add_functions();
  function.set_name("pooled");
  function.set_domain("mine");
  auto& import = *function.add_opset_import();
  import.set_domain("");
  import.set_version(12);
  function.add_node()->set_op_type("ReduceSum");
  const auto nodes = function_nodes(parsed(proto));
  ASSERT_EQ(nodes.size(), 1U);
  EXPECT_EQ(nodes[0].opset, 12);
  EXPECT_NE(refusal(parsed(proto)).find("function 'pooled' holds ReduceSum"), std::string::npos);
}

}  // namespace
}  // namespace edgeopt
