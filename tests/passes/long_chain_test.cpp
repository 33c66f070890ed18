// Passes take time linear in the nodes, and share the weights that they do not change.
#include <gtest/gtest.h>

#include <ctime>

#include "support/model_builder.h"
#include "support/pass_fixture.h"
#include "support/small_models.h"

namespace edgeopt::test {
namespace {

const char* const kPasses[] = {"upgrade-opset",   "fold-constants",  "canonicalize",
                               "fold-batch-norm", "equalize-layers", "eliminate-dead"};

// Of the processor: what else the machine does is no matter.
double seconds_of_passes(Model& model) {
  double seconds = 0;
  for (const char* name : kPasses) {
    const Pass* pass = find_pass(name);
    QuantTable table;
    PassContext context;
    const std::clock_t start = std::clock();
    pass->run(model, table, context, OptionValues(pass->name, pass->options));
    seconds += static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  }
  return seconds;
}

TEST(LongChain, OfTwoThousandNodesTakesWellUnderASecond) {
  Model model = chain_model(2000);
  EXPECT_LT(seconds_of_passes(model), 1.0);
  EXPECT_EQ(model.graph.topological_order().size(), 667U);  // Conv and Relu stay
}

TEST(LongChain, TimeIsLinearInTheNodes) {
  Model small = chain_model(1500);
  Model large = chain_model(12000);
  seconds_of_passes(small);  // warms up
  small = chain_model(1500);
  const double of_small = seconds_of_passes(small);
  // Eight times the nodes; a quadratic pass would take 64 times as long.
  EXPECT_LT(seconds_of_passes(large), 24 * of_small + 0.05);
}

TEST(LongChain, ManyReadersOfOneConstantAreLinearToo) {
  ModelBuilder b;
  b.input("x", {-1, 4}).scalar("low", -1).scalar("high", 1);
  std::string last = "x";
  for (int i = 0; i < 3000; ++i) {
    const std::string name = "v" + std::to_string(i);
    b.node(
        i % 2 == 0 ? "Clip" : "Neg",
        i % 2 == 0 ? std::vector<std::string>{last, "low", "high"} : std::vector<std::string>{last},
        {name});
    last = name;
  }
  Model model = b.output(last).build();
  EXPECT_LT(seconds_of_passes(model), 1.0);
}

TEST(LongChain, WeightsAreSharedNotCopied) {
  ModelBuilder b;
  b.input("x", {-1, 64}).weights("w1", {64, 64}).weights("w2", {64, 64});
  b.node("MatMul", {"x", "w1"}, {"m1"}).node("Sigmoid", {"m1"}, {"s"});
  b.node("MatMul", {"s", "w2"}, {"m2"}).node("Identity", {"m2"}, {"y"});
  Model model = b.output("y").build();
  const void* w1 = model.graph.constant(*model.graph.find_value("w1"))->raw();
  const void* w2 = model.graph.constant(*model.graph.find_value("w2"))->raw();
  seconds_of_passes(model);
  EXPECT_EQ(model.graph.constant(*model.graph.find_value("w1"))->raw(), w1);
  EXPECT_EQ(model.graph.constant(*model.graph.find_value("w2"))->raw(), w2);
}

}  // namespace
}  // namespace edgeopt::test
