// insert-fake-quant: one quantizer for each tensor that the target wants, each with an open entry.
#include <gtest/gtest.h>

#include <algorithm>

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

TEST(InsertFakeQuant, ASecondRunChangesNothing) {
  Model model = conv_relu();
  QuantTable table;
  insert(model, table, "qnn");
  EXPECT_EQ(insert(model, table, "qnn"), 0);
}

}  // namespace
}  // namespace edgeopt
