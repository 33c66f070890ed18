// The pass canonicalize: shapes, clamps and nodes that do nothing. What it does around layers is in
// canonicalize_layers_test.cpp.
#include <gtest/gtest.h>

#include <limits>

#include "edgeopt/error.h"
#include "support/model_builder.h"
#include "support/one_node.h"
#include "support/pass_fixture.h"

namespace edgeopt::test {
namespace {

// The operators after the pass; outputs stay equal and a second run changes nothing.
std::string canonical(Model& model) {
  const Model before = model;
  apply(model, "canonicalize");
  expect_same_outputs(before, model);
  EXPECT_EQ(apply(model, "canonicalize"), 0);
  return ops(model);
}

std::string canonical(ModelBuilder& b) {
  Model model = b.build();
  return canonical(model);
}

TEST(Canonicalize, DropsWhatHandsItsInputOn) {
  ModelBuilder b;
  b.input("x", {-1, 4}).scalar("ratio", 0.5F).ints("none", {0, 0, 0, 0}).ints("zero", {0});
  b.ints("end", {4}).ints("one", {1}).node("Relu", {"x"}, {"r"}).node("Identity", {"r"}, {"a"});
  b.node("Dropout", {"a", "ratio"}, {"b"}).node("Cast", {"b"}, {"c"}, {{"to", int64_t{1}}});
  b.node("Concat", {"c"}, {"d"}, {{"axis", int64_t{0}}}).node("Pad", {"d", "none"}, {"e"});
  b.node("Slice", {"e", "zero", "end", "one"}, {"f"}).node("Sum", {"f"}, {"g"});
  b.node("Max", {"g"}, {"h"}).node("Sigmoid", {"h"}, {"y"}).output("y");
  EXPECT_EQ(canonical(b), "Relu Sigmoid");
}

TEST(Canonicalize, OutputsKeepTheirNames) {
  ModelBuilder b;
  b.input("x", {-1, 4}).node("Relu", {"x"}, {"r"}).node("Identity", {"r"}, {"y"}).output("y");
  Model model = b.build();
  EXPECT_EQ(canonical(model), "Relu");
  EXPECT_EQ(model.graph.value(model.graph.outputs()[0]).name, "y");
  // Nothing else can make these outputs.
  ModelBuilder from_input;
  from_input.input("x", {-1, 4}).node("Identity", {"x"}, {"y"}).output("y");
  EXPECT_EQ(canonical(from_input), "Identity");
  ModelBuilder both;
  both.input("x", {-1, 4}).node("Relu", {"x"}, {"r"}).node("Identity", {"r"}, {"y"});
  both.output("y").output("r");
  EXPECT_EQ(canonical(both), "Relu Identity");
}

TEST(Canonicalize, AReversingSliceStays) {
  ModelBuilder b;
  b.input("x", {-1, 4}).ints("start", {-1}).ints("end", {-5}).ints("axis", {1}).ints("step", {-1});
  b.node("Slice", {"x", "start", "end", "axis", "step"}, {"y"}).output("y");
  EXPECT_EQ(canonical(b), "Slice");
}

TEST(Canonicalize, ReshapesMergeAndTheBatchStaysOpen) {
  ModelBuilder b;
  b.input("x", {-1, 4, 6}).ints("s1", {-1, 24}).ints("s2", {0, 2, 12}).ints("axes", {3});
  b.node("Reshape", {"x", "s1"}, {"a"}).node("Reshape", {"a", "s2"}, {"b"});
  b.node("Unsqueeze", {"b", "axes"}, {"y"}).output("y");
  Model model = b.build();
  EXPECT_EQ(canonical(model), "Reshape");
  EXPECT_EQ(values_of(constant_of(model, only(model, "Reshape"), 1)),
            (std::vector<double>{-1, 2, 12, 1}));
}

TEST(Canonicalize, ReshapesThatCancelVanish) {
  ModelBuilder b;
  b.input("x", {-1, 4, 6}).ints("axes", {1}).ints("s", {-1, 4, 6}).node("Relu", {"x"}, {"r"});
  b.node("Unsqueeze", {"r", "axes"}, {"a"}).node("Squeeze", {"a", "axes"}, {"b"});
  b.node("Flatten", {"b"}, {"c"}).node("Reshape", {"c", "s"}, {"d"});
  b.node("Sigmoid", {"d"}, {"y"}).output("y");
  EXPECT_EQ(canonical(b), "Relu Sigmoid");
}

TEST(Canonicalize, AComputedReshapeTargetBecomesConstant) {
  ModelBuilder b;
  b.input("x", {-1, 4, 6}).constant("zero", Tensor::from_ints({}, {0})).ints("rest", {24});
  b.ints("axes", {0}).node("Shape", {"x"}, {"shape"}).node("Gather", {"shape", "zero"}, {"n"});
  b.node("Unsqueeze", {"n", "axes"}, {"n1"});
  b.node("Concat", {"n1", "rest"}, {"target"}, {{"axis", int64_t{0}}});
  b.node("Reshape", {"x", "target"}, {"y"}).output("y");
  Model model = b.build();
  apply_checked(model, "canonicalize");
  EXPECT_EQ(values_of(constant_of(model, only(model, "Reshape"), 1)),
            (std::vector<double>{-1, 24}));
  apply(model, "eliminate-dead");
  EXPECT_EQ(ops(model), "Reshape");
}

// What becomes of Reshape, Expand and Reshape to these shapes.
std::string repeated(const Ints& split, const Ints& wide, const Ints& to) {
  ModelBuilder b;
  b.input("x", {-1, 2, 3, 4}).ints("split", split).ints("wide", wide).ints("to", to);
  b.node("Reshape", {"x", "split"}, {"s"}).node("Expand", {"s", "wide"}, {"w"});
  return canonical(b.node("Reshape", {"w", "to"}, {"y"}).output("y"));
}

TEST(Canonicalize, RepeatedPixelsAreAResize) {
  EXPECT_EQ(repeated({-1, 2, 3, 1, 4, 1}, {1, 2, 3, 2, 4, 3}, {-1, 2, 6, 12}), "Resize");
  // Whole rows and columns are repeated, not pixels.
  EXPECT_EQ(repeated({-1, 2, 1, 3, 1, 4}, {1, 2, 2, 3, 2, 4}, {-1, 2, 6, 8}),
            "Reshape Expand Reshape");
}

TEST(Canonicalize, TransposesMerge) {
  ModelBuilder b;
  b.input("x", {-1, 2, 3, 4}).node("Transpose", {"x"}, {"a"}, {{"perm", Ints{0, 2, 3, 1}}});
  b.node("Transpose", {"a"}, {"b"}, {{"perm", Ints{0, 1, 3, 2}}});
  b.node("Transpose", {"b"}, {"c"}, {{"perm", Ints{0, 2, 3, 1}}});
  b.node("Transpose", {"a"}, {"d"}, {{"perm", Ints{0, 3, 1, 2}}}).node("Relu", {"d"}, {"z"});
  Model model = b.output("c").output("z").build();
  EXPECT_EQ(canonical(model), "Transpose Relu");
  // [N,2,3,4] -> [N,3,4,2] -> [N,3,2,4] -> [N,2,4,3]
  EXPECT_EQ(only(model, "Transpose").ints_or("perm", {}), (Ints{0, 1, 3, 2}));
}

TEST(Canonicalize, ATransposeWithoutPermutationReverses) {
  ModelBuilder b;
  b.input("x", {2, 3, 4}).node("Transpose", {"x"}, {"a"}).node("Transpose", {"a"}, {"b"});
  b.node("Relu", {"b"}, {"y"}).output("y");
  EXPECT_EQ(canonical(b), "Relu");
}

TEST(Canonicalize, ClampsTakeOneForm) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  ModelBuilder b;
  b.input("x", {-1, 8}).scalar("zero", 0).scalar("big", kLargest).scalar("low", -kLargest);
  b.node("Clip", {"x", "zero"}, {"a"}).node("Clip", {"x", "zero", "big"}, {"b"});
  b.node("Clip", {"x", "low", "big"}, {"c"}).node("Neg", {"c"}, {"d"});
  b.node("Max", {"zero", "x"}, {"e"}).output("a").output("b").output("d").output("e");
  EXPECT_EQ(canonical(b), "Relu Relu Neg Relu");
}

TEST(Canonicalize, ChainsOfClampsBecomeOne) {
  ModelBuilder b;
  b.input("x", {-1, 64}).scalar("zero", 0).scalar("six", 0.6F).scalar("low", -0.5F);
  b.node("Relu", {"x"}, {"a"}).node("Clip", {"a", "low", "six"}, {"y"});    // Clip [0, 0.6]
  b.node("Relu", {"x"}, {"b"}).node("Min", {"b", "six"}, {"z"});            // Clip [0, 0.6]
  b.node("Clip", {"x", "zero", "six"}, {"c"}).node("Relu", {"c"}, {"c2"});  // the Relu goes
  b.node("Neg", {"c2"}, {"w"}).output("y").output("z").output("w");
  Model model = b.build();
  EXPECT_EQ(canonical(model), "Clip Clip Clip Neg");
  for (const NodeId id : model.graph.topological_order()) {
    const Node& node = model.graph.node(id);
    if (node.op_type != "Clip") continue;
    EXPECT_EQ(values_of(constant_of(model, node, 1)), (std::vector<double>{0}));
  }
}

TEST(Canonicalize, AClampWithOtherReadersStays) {
  ModelBuilder b;
  b.input("x", {-1, 8}).scalar("low", -1).scalar("high", 1).node("Relu", {"x"}, {"a"});
  b.node("Clip", {"a", "low", "high"}, {"y"}).node("Neg", {"a"}, {"z"}).output("y").output("z");
  EXPECT_EQ(canonical(b), "Relu Clip Neg");
}

TEST(Canonicalize, ClampsOfOtherTypesStay) {
  ModelBuilder b;
  b.input("x", {-1, 8}, DataType::kInt64).constant("zero", Tensor::from_ints({}, {0}));
  b.node("Max", {"x", "zero"}, {"y"}).output("y", DataType::kInt64);
  EXPECT_EQ(canonical(b), "Max");
}

TEST(Canonicalize, NamesUnnamedAndRepeatedNodes) {
  ModelBuilder b;
  b.input("x", {-1, 8}).node("Neg", {"x"}, {"a"}, {}, "").node("Neg", {"a"}, {"b"}, {}, "Neg_1");
  b.node("Neg", {"b"}, {"c"}, {}, "").node("Abs", {"c"}, {"y"}, {}, "Neg_1").output("y");
  Model model = b.build();
  EXPECT_EQ(apply_checked(model, "canonicalize"), 3);
  std::vector<std::string> names;
  for (const NodeId id : model.graph.topological_order()) {
    names.push_back(model.graph.node(id).name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"Neg_0", "Neg_1", "Neg_2", "Neg_1_0"}));
  EXPECT_EQ(apply(model, "canonicalize"), 0);
}

TEST(Canonicalize, OlderFormsAreRefused) {
  ModelBuilder b(11);
  b.input("x", {-1, 8}).node("Clip", {"x"}, {"y"}, {{"min", 0.0F}}).output("y");
  Model model = b.build();
  EXPECT_THROW(apply(model, "canonicalize"), Error);
}

TEST(Canonicalize, ValuesThatSubgraphsReadKeepTheirNames) {
  ModelBuilder b;
  b.input("x", {-1, 8}).input("c", {}, DataType::kBool);
  b.node("Identity", {"x"}, {"inner"}).node("If", {"c"}, {"y"}).output("y");
  Model model = b.build();
  Node node = only(model, "If");
  const NodeId id = node.id;
  model.graph.remove_node(id);
  node.captured = {*model.graph.find_value("inner")};
  model.graph.add_node(node);
  EXPECT_EQ(apply(model, "canonicalize"), 0);
}

}  // namespace
}  // namespace edgeopt::test
