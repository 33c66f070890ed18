#include "pipeline/coverage.h"

#include <gtest/gtest.h>

#include "pipeline/prepare.h"
#include "pipeline/runner.h"
#include "support/model_builder.h"

namespace edgeopt::test {
namespace {

using State = NodeCoverage::State;

// Conv, Relu, a node without an integer form, Conv, Softmax.
Model sample_model() {
  ModelBuilder b;
  b.input("x", {1, 3, 8, 8}).weights("w1", {3, 3, 1, 1}).weights("w2", {3, 3, 1, 1});
  b.node("Conv", {"x", "w1"}, {"a"}, {}, "first").node("Relu", {"a"}, {"r"}, {}, "relu");
  b.node("Erf", {"r"}, {"e"}, {}, "erf").node("Conv", {"e", "w2"}, {"c"}, {}, "second");
  b.node("Softmax", {"c"}, {"y"}, {}, "softmax").node("Shape", {"c"}, {"s"}, {}, "shape");
  return b.output("y").output("s", DataType::kInt64).build();
}

std::map<std::string, NodeCoverage> coverage(const std::string& target,
                                             const std::vector<std::string>& skipped) {
  Model model = sample_model();
  QuantTable table;
  PassContext context;
  context.target = &target_named(target);
  context.policy = context.target->policy;
  context.skipped = skipped;
  run_passes(model, table, context, parse_pass_list("insert-fake-quant"), {});
  const InferredGraph types =
      infer_shapes(model.graph, model.opset(), resolve_feed_shapes(model.graph, {}, 1));
  const auto nodes = coverage_of(model.graph, types, context.policy, skipped);
  std::map<std::string, NodeCoverage> named;
  for (const NodeId id : model.graph.topological_order()) {
    named[model.graph.node(id).name] = nodes[static_cast<size_t>(id.index)];
  }
  return named;
}

TEST(Coverage, SaysWhatIsQuantizedAndWhyTheRestIsNot) {
  auto nodes = coverage("onnxruntime", {});
  EXPECT_EQ(nodes["first"].state, State::kQuantized);
  EXPECT_EQ(nodes["relu"].state, State::kQuantized);
  EXPECT_EQ(nodes["second"].state, State::kQuantized);
  EXPECT_EQ(nodes["erf"].state, State::kFloat);
  EXPECT_EQ(nodes["erf"].why, "Erf has no integer form");
  EXPECT_EQ(nodes["softmax"].state, State::kFloat);
  EXPECT_NE(nodes["softmax"].why.find("--quantize-tail"), std::string::npos);
  EXPECT_EQ(nodes["shape"].state, State::kNeither);
}

TEST(Coverage, NamesTheGlobThatSkips) {
  auto nodes = coverage("onnxruntime", {"none", "sec*"});
  EXPECT_EQ(nodes["second"].state, State::kFloat);
  EXPECT_EQ(nodes["second"].why, "--skip sec*");
  EXPECT_EQ(nodes["first"].state, State::kQuantized);
}

TEST(Coverage, FindsGlobsThatMatchNothing) {
  const Model model = sample_model();
  EXPECT_EQ(unmatched_globs(model.graph, {"first", "no*", "s*"}), std::vector<std::string>{"no*"});
}

}  // namespace
}  // namespace edgeopt::test
