// insert-fake-quant: one quantizer for each tensor that the target wants, each with an open entry.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "edgeopt/error.h"
#include "passes/pass.h"
#include "support/model_builder.h"
#include "support/pass_fixture.h"

namespace edgeopt {
namespace {

using test::ModelBuilder;

Model conv_relu() {
  ModelBuilder b;
  b.input("x", {-1, 2, 4, 4}).weights("w", {3, 2, 1, 1}).weights("b", {3});
  b.node("Conv", {"x", "w", "b"}, {"c"}).node("Relu", {"c"}, {"y"});
  return b.output("y").build();
}

int64_t insert(Model& model, QuantTable& table, const char* target,
               std::vector<std::string> skipped = {}) {
  PassContext context;
  context.target = find_target(target);
  context.policy = context.target->policy;
  context.skipped = std::move(skipped);
  const Pass& pass = *find_pass("insert-fake-quant");
  return pass.run(model, table, context, OptionValues(pass.name, pass.options));
}

TEST(InsertFakeQuant, InputWeightBiasAndOutput) {
  Model model = conv_relu();
  QuantTable table;
  EXPECT_EQ(insert(model, table, "qnn"), 4);
  ASSERT_EQ(table.size(), 4U);  // nothing between the Conv and its Relu
  EXPECT_EQ(table.at("w").spec.axis, 0);
  EXPECT_TRUE(table.at("b").is_bias);
  EXPECT_FALSE(table.at("x").ready());
  EXPECT_EQ(table.count("y"), 1U);
}

TEST(InsertFakeQuant, TheGraphOutputKeepsItsName) {
  Model model = conv_relu();
  QuantTable table;
  insert(model, table, "qnn");
  const ValueId output = model.graph.outputs().at(0);
  EXPECT_EQ(model.graph.value(output).name, "y");
  EXPECT_EQ(model.graph.node(model.graph.value(output).producer).op_type, "FakeQuant");
}

TEST(InsertFakeQuant, TensorrtLeavesBiasAndOutputAlone) {
  Model model = conv_relu();
  QuantTable table;
  EXPECT_EQ(insert(model, table, "tensorrt"), 2);
  EXPECT_EQ(table.count("b") + table.count("y"), 0U);
}

TEST(InsertFakeQuant, ASkippedNodeStaysInFloat) {
  Model model = conv_relu();
  QuantTable table;
  EXPECT_EQ(insert(model, table, "onnxruntime", {"Nc"}), 0);
  EXPECT_EQ(test::ops(model), "Conv Relu");
}

// x -> Relu -> the node that is tested -> Conv -> y; the encodings of the node's input and output.
std::pair<std::string, std::string> keys_around(ModelBuilder& b, const std::string& output) {
  b.weights("w", {3, 2, 1, 1}).node("Conv", {output, "w"}, {"y"});
  Model model = b.output("y").build();
  QuantTable table;
  insert(model, table, "qnn");
  const auto key_of = [&](const char* name) {
    const ValueId value = *model.graph.find_value(name);
    return model.graph.node(model.graph.only_user(value)).string_or("encoding", "");
  };
  return {key_of("r"), key_of(output.c_str())};
}

TEST(InsertFakeQuant, PadSharesTheEncodingOfWhatHasTheWiderRange) {
  struct Padding {
    const char* mode;
    float value;
    const char* decides;
  };
  for (const Padding& padding : {Padding{"constant", 0, "r"}, Padding{"constant", -1, "p"},
                                 Padding{"edge", 0, "r"}, Padding{"reflect", 0, "r"}}) {
    SCOPED_TRACE(padding.mode);
    ModelBuilder b;
    b.input("x", {-1, 2, 4, 4}).ints("pads", {0, 0, 1, 1, 0, 0, 1, 1});
    b.scalar("value", padding.value).node("Relu", {"x"}, {"r"});
    b.node("Pad", {"r", "pads", "value"}, {"p"}, {{"mode", std::string(padding.mode)}});
    const std::pair<std::string, std::string> expected(padding.decides, padding.decides);
    EXPECT_EQ(keys_around(b, "p"), expected);
  }
}

TEST(InsertFakeQuant, CubicResizeDecidesTheEncodingOfItsInput) {
  for (const auto& [mode, decides] : {std::pair{"nearest", "r"}, {"linear", "r"}, {"cubic", "p"}}) {
    SCOPED_TRACE(mode);
    ModelBuilder b;
    b.input("x", {-1, 2, 4, 4}).floats("scales", {1, 1, 2, 2}).node("Relu", {"x"}, {"r"});
    b.node("Resize", {"r", "", "scales"}, {"p"}, {{"mode", std::string(mode)}});
    const std::pair<std::string, std::string> expected(decides, decides);
    EXPECT_EQ(keys_around(b, "p"), expected);
  }
}

// The HTP pads on the input's grid: it must hold the value.
TEST(InsertFakeQuant, PadDecidesTheEncodingOfAnInputThatIsReadElsewhereToo) {
  ModelBuilder b;
  b.input("x", {-1, 2, 4, 4}).ints("pads", {0, 0, 1, 1, 0, 0, 1, 1}).scalar("value", -1);
  b.node("Relu", {"x"}, {"r"}).node("Pad", {"r", "pads", "value"}, {"p"});
  b.weights("v", {2, 2, 1, 1}).node("Conv", {"r", "v"}, {"z"}).output("z");
  EXPECT_EQ(keys_around(b, "p"), (std::pair<std::string, std::string>("p", "p")));
}

// Two layers; the second stands behind `op_type`, whose output has a shape that depends on data or
// is not known.
Model layer_behind(const std::string& op_type) {
  ModelBuilder b;
  b.input("x", {1, 2, 4, 4}).weights("w", {2, 2, 1, 1}).weights("v", {2, 2, 1, 1});
  b.node("Conv", {"x", "w"}, {"c"}).node(op_type, {"c"}, {"found"});
  b.ints("shape", {1, 2, 1, -1}).node("Cast", {"found"}, {"f"}, {{"to", int64_t{1}}});
  b.node("Reshape", {"f", "shape"}, {"r"}).node("Conv", {"r", "v"}, {"y"});
  return b.output("y").build();
}

TEST(InsertFakeQuant, WhatCannotBeCalibratedStaysInFloat) {
  for (const char* op_type : {"NonZero", "Unheard"}) {
    for (const char* target : {"onnxruntime", "qnn", "tensorrt"}) {
      Model model = layer_behind(op_type);
      QuantTable table;
      insert(model, table, target);
      EXPECT_EQ(table.count("x") + table.count("w"), 2U) << op_type << target;
      EXPECT_EQ(table.count("v") + table.count("r") + table.count("y"), 0U) << op_type << target;
    }
  }
}

TEST(InsertFakeQuant, ASecondRunChangesNothing) {
  Model model = conv_relu();
  QuantTable table;
  insert(model, table, "qnn");
  EXPECT_EQ(insert(model, table, "qnn"), 0);
}

}  // namespace
}  // namespace edgeopt
