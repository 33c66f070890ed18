#include <gtest/gtest.h>

#include "edgeopt/error.h"
#include "support/model_builder.h"
#include "support/one_node.h"
#include "support/pass_fixture.h"

namespace edgeopt::test {
namespace {

// The upgraded one-node model with input x.
Model upgraded(int64_t opset, const std::string& op_type, std::vector<Attribute> attributes,
               const PassOptions& options = {}, const Ints& dims = {-1, 4, 6, 6}) {
  ModelBuilder b(opset);
  b.input("x", dims).node(op_type, {"x"}, {"y"}, std::move(attributes));
  Model model = b.output("y").build();
  EXPECT_GT(apply(model, "upgrade-opset", options), 0);
  EXPECT_EQ(apply(model, "upgrade-opset", options), 0);
  return model;
}

std::vector<double> input_values(const Model& model, const std::string& op_type, size_t index) {
  return values_of(constant_of(model, only(model, op_type), index));
}

TEST(UpgradeOpset, AxesBecomeInputs) {
  Model model = upgraded(12, "Squeeze", {{"axes", Ints{2, 3}}});
  EXPECT_EQ(model.opset(), 13);
  EXPECT_EQ(model.ir_version, 8);
  EXPECT_EQ(input_values(model, "Squeeze", 1), (std::vector<double>{2, 3}));
  EXPECT_TRUE(only(model, "Squeeze").attributes.empty());
  model = upgraded(11, "ReduceSum", {{"axes", Ints{1}}, {"keepdims", int64_t{0}}});
  EXPECT_EQ(input_values(model, "ReduceSum", 1), (std::vector<double>{1}));
  EXPECT_EQ(only(model, "ReduceSum").attributes.size(), 1U);
}

TEST(UpgradeOpset, OtherReductionsKeepTheirAxesUntilOpset18) {
  Model model = upgraded(11, "ReduceMean", {{"axes", Ints{2, 3}}});
  EXPECT_EQ(only(model, "ReduceMean").inputs.size(), 1U);
  const Model before = model;
  EXPECT_GT(apply(model, "upgrade-opset", {{"to", "18"}}), 0);
  EXPECT_EQ(input_values(model, "ReduceMean", 1), (std::vector<double>{2, 3}));
  EXPECT_TRUE(only(model, "ReduceMean").attributes.empty());
  expect_same_outputs(before, model, 0);
}

TEST(UpgradeOpset, ClipLimitsBecomeInputsAndNoLimitsVanish) {
  const Model model = upgraded(6 + 1, "Clip", {{"min", 0.0F}, {"max", 3.4028234663852886e38F}});
  EXPECT_EQ(only(model, "Clip").inputs.size(), 2U);
  EXPECT_EQ(input_values(model, "Clip", 1), (std::vector<double>{0}));
  const Model six = upgraded(10, "Clip", {{"max", 6.0F}});
  EXPECT_FALSE(only(six, "Clip").inputs[1].valid());
  EXPECT_EQ(input_values(six, "Clip", 2), (std::vector<double>{6}));
}

TEST(UpgradeOpset, PadSliceTopKSplitDropout) {
  Model model = upgraded(9, "Pad", {{"pads", Ints{0, 0, 1, 1, 0, 0, 1, 1}}, {"value", 2.0F}});
  EXPECT_EQ(input_values(model, "Pad", 1).size(), 8U);
  EXPECT_EQ(input_values(model, "Pad", 2), (std::vector<double>{2}));
  model = upgraded(9, "Slice", {{"starts", Ints{1}}, {"ends", Ints{3}}, {"axes", Ints{2}}});
  EXPECT_EQ(input_values(model, "Slice", 1), (std::vector<double>{1}));
  EXPECT_EQ(input_values(model, "Slice", 2), (std::vector<double>{3}));
  EXPECT_EQ(input_values(model, "Slice", 3), (std::vector<double>{2}));
  model = upgraded(9, "TopK", {{"k", int64_t{2}}});
  EXPECT_EQ(input_values(model, "TopK", 1), (std::vector<double>{2}));
  model = upgraded(11, "Split", {{"split", Ints{1, 3}}, {"axis", int64_t{1}}});
  EXPECT_EQ(input_values(model, "Split", 1), (std::vector<double>{1, 3}));
  model = upgraded(9, "Dropout", {{"ratio", 0.25F}});
  EXPECT_EQ(input_values(model, "Dropout", 1), (std::vector<double>{0.25}));
}

TEST(UpgradeOpset, UpsampleBecomesResizeWithTheOldCoordinates) {
  for (const int64_t opset : {7, 9}) {
    ModelBuilder b(opset);
    b.input("x", {-1, 4, 6, 6}).floats("s", {1, 1, 2, 2});
    if (opset == 7) {
      b.node("Upsample", {"x"}, {"y"}, {{"scales", Floats{1, 1, 2, 2}}});
    } else {
      b.node("Upsample", {"x", "s"}, {"y"});
    }
    Model model = b.output("y").build();
    EXPECT_GT(apply(model, "upgrade-opset"), 0);
    const Node& resize = only(model, "Resize");
    EXPECT_EQ(resize.string_or("coordinate_transformation_mode", ""), "asymmetric");
    EXPECT_EQ(resize.string_or("nearest_mode", ""), "floor");
    EXPECT_FALSE(resize.inputs[1].valid());
    EXPECT_EQ(input_values(model, "Resize", 2), (std::vector<double>{1, 1, 2, 2}));
  }
}

TEST(UpgradeOpset, EmptyResizeInputsAreLeftOut) {
  ModelBuilder b(11);
  b.input("x", {-1, 4, 6, 6}).floats("roi", {}).floats("scales", {1, 1, 2, 2});
  Model model = b.node("Resize", {"x", "roi", "scales"}, {"y"}).output("y").build();
  EXPECT_GT(apply(model, "upgrade-opset"), 0);
  EXPECT_FALSE(only(model, "Resize").inputs[1].valid());
  EXPECT_TRUE(only(model, "Resize").inputs[2].valid());
}

TEST(UpgradeOpset, SoftmaxOverTheLastAxisOrOneLongAxisStays) {
  Model model = upgraded(12, "Softmax", {}, {}, {-1, 10});
  EXPECT_EQ(ops(model), "Softmax");
  EXPECT_EQ(only(model, "Softmax").int_or("axis", 9), 1);
  model = upgraded(12, "Softmax", {}, {}, {-1, 10, 1, 1});
  EXPECT_EQ(ops(model), "Softmax");
  EXPECT_EQ(only(model, "Softmax").int_or("axis", 9), 1);
  model = upgraded(11, "LogSoftmax", {{"axis", int64_t{1}}}, {}, {-1, 1, 10, 1});
  EXPECT_EQ(only(model, "LogSoftmax").int_or("axis", 9), 2);
}

TEST(UpgradeOpset, OtherSoftmaxIsFlattened) {
  const Model model = upgraded(12, "Softmax", {});
  EXPECT_EQ(ops(model), "Flatten Softmax Reshape");
  EXPECT_EQ(input_values(model, "Reshape", 1), (std::vector<double>{-1, 4, 6, 6}));
  EXPECT_EQ(only(model, "Softmax").int_or("axis", 9), 1);
}

TEST(UpgradeOpset, InitializersStopBeingInputs) {
  ModelBuilder b(13);
  b.input("x", {-1, 2}).input("w", {2}).floats("w", {1, 2});
  Model model = b.node("Add", {"x", "w"}, {"y"}).output("y").build();
  model.ir_version = 3;
  EXPECT_GT(apply_checked(model, "upgrade-opset"), 0);
  EXPECT_EQ(model.graph.inputs().size(), 1U);
  EXPECT_EQ(model.ir_version, 7);
}

TEST(UpgradeOpset, WhatCannotBeBroughtOverIsNamedAndTheModelStays) {
  ModelBuilder b(8);
  b.input("x", {-1, 4, 6, 6}).node("Clip", {"x"}, {"c"}, {{"min", 0.0F}});
  b.batch_norm("c", "y", 4);
  Model model = b.output("y").build();
  const NodeId id = only(model, "BatchNormalization").id;
  model.graph.edit(id).set_attribute("spatial", int64_t{0});
  try {
    apply(model, "upgrade-opset");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("'Ny'"), std::string::npos) << error.what();
  }
  EXPECT_EQ(model.opset(), 8);
  EXPECT_EQ(only(model, "Clip").inputs.size(), 1U);
}

// --- targets

PassContext context_of(int64_t min_opset, int64_t max_opset) {
  PassContext context;
  context.target = find_target("onnxruntime");
  context.policy = context.target->policy;
  context.policy.min_opset = min_opset;
  context.policy.max_opset = max_opset;
  return context;
}

TEST(UpgradeOpset, RisesToTheTargetsLowestOpset) {
  ModelBuilder b(13);
  b.input("x", {-1, 4}).node("ReduceMax", {"x"}, {"m"}, {{"axes", Ints{1}}});
  b.node("Split", {"x"}, {"a", "b"}, {{"axis", int64_t{1}}}, "split");
  Model model = b.output("m").output("a").output("b").build();
  const PassContext context = context_of(21, 25);
  EXPECT_GT(apply(model, "upgrade-opset", {}, context), 0);
  EXPECT_EQ(model.opset(), 21);
  EXPECT_EQ(model.ir_version, 10);
  EXPECT_EQ(input_values(model, "ReduceMax", 1), (std::vector<double>{1}));
  EXPECT_EQ(only(model, "Split").int_or("num_outputs", 0), 2);
  EXPECT_EQ(apply(model, "upgrade-opset", {}, context), 0);
}

TEST(UpgradeOpset, LowersWhatUsesNothingNewer) {
  ModelBuilder b(21);
  b.input("x", {-1, 4}).ints("axes", {1});
  b.node("ReduceMean", {"x", "axes"}, {"m"}).node("Cast", {"x"}, {"y"}, {{"to", int64_t{1}}});
  Model model = b.output("m").output("y").build();
  const Model before = model;
  EXPECT_GT(apply(model, "upgrade-opset", {}, context_of(13, 17)), 0);
  EXPECT_EQ(model.opset(), 17);
  EXPECT_EQ(only(model, "ReduceMean").ints_or("axes", {}), (Ints{1}));
  expect_same_outputs(before, model, 0);
}

TEST(UpgradeOpset, RefusesToLowerNewerOperators) {
  ModelBuilder b(21);
  Model model = b.input("x", {-1, 4}).node("Gelu", {"x"}, {"y"}).output("y").build();
  EXPECT_THROW(apply(model, "upgrade-opset", {}, context_of(13, 19)), Error);
  EXPECT_EQ(model.opset(), 21);
  EXPECT_GT(apply(model, "upgrade-opset", {}, context_of(13, 20)), 0);
  EXPECT_EQ(model.opset(), 20);
}

TEST(UpgradeOpset, OldestAndNewestAreStated) {
  for (const int64_t opset : {6, 26}) {
    ModelBuilder b(opset);
    Model model = b.input("x", {-1, 4}).node("Relu", {"x"}, {"y"}).output("y").build();
    EXPECT_THROW(apply(model, "upgrade-opset"), Error);
  }
}

}  // namespace
}  // namespace edgeopt::test
