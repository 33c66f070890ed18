// The target qnn: what its runtime wants to see in the file.
#include <gtest/gtest.h>

#include "support/lowered.h"
#include "support/model_builder.h"
#include "support/pass_fixture.h"
#include "targets/target.h"

namespace edgeopt {
namespace {

// What comes after the last layer, here Add and Relu, is the tail: it stays in float.
TEST(Qnn, EveryTensorUpToTheLastLayer) {
  const Model model = test::lowered_for("qnn");
  EXPECT_EQ(test::activation_types(model), std::vector{DataType::kUint8});
  EXPECT_EQ(test::form_of_conv_input(model, 1), "DequantizeLinear(int8)");
  EXPECT_EQ(test::form_of_conv_input(model, 2), "DequantizeLinear(int32)");
  EXPECT_EQ(test::encoded_names(), (std::vector<std::string>{"c2", "p", "r1", "x"}));
}

TEST(Qnn, TheTailToo) {
  QuantizeOptions options;
  options.quantize_tail = true;
  const Model model = test::lowered_for("qnn", options);
  const NodeId last = model.graph.value(model.graph.outputs().at(0)).producer;
  EXPECT_EQ(model.graph.node(last).op_type, "DequantizeLinear");
  EXPECT_EQ(test::encoded_names(), (std::vector<std::string>{"c2", "p", "r1", "x", "y"}));
}

TEST(Qnn, TheBatchIsFixed) {
  const Model model = test::lowered_for("qnn");
  const Value& input = model.graph.value(model.graph.feeds().at(0));
  EXPECT_EQ(input.type.dims->at(0).value, 1);
}

// A Relu whose grid reaches below zero, because of what it is joined with: to the HTP a layer ends
// at a quantizer, so there is one on both sides, on one grid.
TEST(Qnn, AClampThatStaysHasAQuantizedInput) {
  test::ModelBuilder b;
  b.input("x", {1, 3, 4, 4}).weights("w", {2, 3, 1, 1}).weights("v", {3, 4, 1, 1});
  b.node("Conv", {"x", "w"}, {"c"}).node("Relu", {"c"}, {"r"}).node("Conv", {"x", "w"}, {"d"});
  b.node("Concat", {"r", "d"}, {"j"}, {{"axis", int64_t{1}}}).node("Conv", {"j", "v"}, {"y"});
  const Model model = test::lowered_for("qnn", {}, b.output("y").build());
  const Graph& graph = model.graph;
  const Node& relu = test::only(model, "Relu");
  const Node& before = graph.node(graph.value(relu.inputs[0]).producer);
  const Node& behind = graph.node(graph.only_user(relu.outputs[0]));
  EXPECT_EQ(before.op_type, "DequantizeLinear");
  EXPECT_EQ(behind.op_type, "QuantizeLinear");
  EXPECT_EQ(before.inputs[1], behind.inputs[1]);  // one scale
  EXPECT_EQ(before.inputs[2], behind.inputs[2]);
  Model without = model;  // no code changes
  const Node& quantizer = graph.node(graph.value(before.inputs[0]).producer);
  without.graph.set_input(relu.id, 0, quantizer.inputs[0]);
  test::expect_same_outputs(without, model, 0, 1);
}

Model written(test::ModelBuilder& b) {
  return find_target("qnn")->lower(b.output("y").build(), {});
}

TEST(Qnn, AProductBehindAnExponentialBecomesADivision) {
  test::ModelBuilder b;
  b.input("x", {1, 4, 2}).weights("anchors", {1, 4, 2}, 0.1F, 2).scalar("half", 0.5F);
  b.node("Mul", {"x", "half"}, {"a"})
      .node("Exp", {"a"}, {"b"})
      .node("Mul", {"anchors", "b"}, {"c"});
  b.node("Add", {"c", "x"}, {"d"}).node("Mul", {"d", "half"}, {"y"});
  const Model model = written(b);
  EXPECT_EQ(test::ops(model), "Mul Exp Div Add Div");
  test::expect_same_outputs(b.build(), model, 1e-6, 1);
}

TEST(Qnn, OtherProductsStay) {
  test::ModelBuilder zero;
  zero.input("x", {1, 2}).floats("k", {0, 1}).node("Exp", {"x"}, {"a"});
  zero.node("Mul", {"a", "k"}, {"y"});
  EXPECT_EQ(test::ops(written(zero)), "Exp Mul");
  test::ModelBuilder sigmoid;
  sigmoid.input("x", {1, 2}).floats("k", {2, 1}).node("Sigmoid", {"x"}, {"a"});
  sigmoid.node("Mul", {"a", "k"}, {"y"});
  EXPECT_EQ(test::ops(written(sigmoid)), "Sigmoid Mul");
}

}  // namespace
}  // namespace edgeopt
