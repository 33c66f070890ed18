#include "ir/verify.h"

#include <gtest/gtest.h>

#include "edgeopt/error.h"
#include "support/model_builder.h"

namespace edgeopt {
namespace {

Model relu_model() {
  test::ModelBuilder b;
  return b.input("x", {-1, 3}).node("Relu", {"x"}, {"y"}).output("y").build();
}

TEST(Verify, SoundGraphHasNoProblems) {
  EXPECT_TRUE(graph_problems(relu_model().graph).empty());
  EXPECT_NO_THROW(verify_graph(relu_model().graph, "pass test"));
}

TEST(Verify, ReadingWhatNothingMakesIsNamed) {
  Model model = relu_model();
  model.graph.set_graph_inputs({});
  const std::vector<std::string> problems = graph_problems(model.graph);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0], "Relu 'Ny' reads 'x', which nothing makes");
}

TEST(Verify, AnInputEditedBehindTheGraphsBackIsFound) {
  Model model = relu_model();
  const NodeId relu = model.graph.topological_order()[0];
  model.graph.edit(relu).inputs.push_back(*model.graph.find_value("x"));
  EXPECT_FALSE(graph_problems(model.graph).empty());
}

TEST(Verify, TwoSourcesAreFound) {
  Model model = relu_model();
  model.graph.set_constant(*model.graph.find_value("y"), Tensor::scalar(1));
  const std::vector<std::string> problems = graph_problems(model.graph);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0], "'y' is both constant and made by a node");
}

TEST(Verify, CyclesAreFound) {
  Model model = relu_model();
  Node back;
  back.op_type = "Neg";
  back.inputs = {*model.graph.find_value("y")};
  back.outputs = {model.graph.add_value("z")};
  model.graph.add_node(std::move(back));
  model.graph.set_input(model.graph.value(*model.graph.find_value("y")).producer, 0,
                        *model.graph.find_value("z"));
  try {
    verify_graph(model.graph, "pass test");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInternal);
    EXPECT_NE(std::string(error.what()).find("pass test broke the graph"), std::string::npos);
  }
}

}  // namespace
}  // namespace edgeopt
