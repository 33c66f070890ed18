#include "exec/engine_grids.h"

#include <gtest/gtest.h>

#include "support/graphs.h"

namespace edgeopt {
namespace {

struct SimulatedModel : test::GraphBuilder {
  QuantTable table;

  SimulatedModel() {
    table["fine"] = {.spec = {.bits = 8}, .scale = {0.02F}, .zero_point = {100}};
    table["coarse"] = {.spec = {.bits = 8}, .scale = {0.04F}, .zero_point = {100}};
  }
  ValueId fake(ValueId value, const char* key) {
    return node("FakeQuant", {value}, {{"encoding", std::string(key)}}, "edgeopt");
  }
  ValueId concat(ValueId a, ValueId b) { return node("Concat", {a, b}, {{"axis", int64_t{1}}}); }
};

TEST(Grids, FollowMovementsAndJoins) {
  SimulatedModel m;
  const ValueId x = m.input("x", {1, 4, 2, 2});
  const ValueId fine = m.fake(x, "fine");
  const ValueId coarse = m.fake(x, "coarse");
  const ValueId moved = m.node("Transpose", {fine});
  const ValueId same =
      m.concat(fine, m.node("MaxPool", {fine}, {{"kernel_shape", std::vector<int64_t>{1, 1}}}));
  const ValueId mixed = m.concat(fine, coarse);
  const ValueId computed = m.node("Relu", {fine});
  Grids grids(m.graph, m.table);
  EXPECT_EQ(grids.of(fine), (Grid{0.02F, 100, 0, 255}));
  EXPECT_EQ(grids.of(moved), grids.of(fine));
  EXPECT_EQ(grids.of(same), grids.of(fine));
  EXPECT_EQ(grids.of(coarse), (Grid{0.04F, 100, 0, 255}));
  for (const ValueId value : {x, mixed, computed}) EXPECT_EQ(grids.of(value), std::nullopt);
}

TEST(Grids, AQuantizerOfWhatLiesOnItsGridIsSkipped) {
  for (const bool same : {true, false}) {
    SimulatedModel m;
    const ValueId fine = m.fake(m.input("x", {-1, 4, 2, 2}), "fine");
    const ValueId pooled =
        m.node("MaxPool", {fine}, {{"kernel_shape", std::vector<int64_t>{2, 2}}});
    const ValueId again = m.fake(pooled, same ? "fine" : "coarse");
    m.output(m.node("Tanh", {again}));
    m.output(again);
    Graph skipped = m.graph;
    skip_repeated_quantizers(skipped, {again}, m.table);
    const NodeId tanh = skipped.value(m.graph.outputs()[0]).producer;
    EXPECT_EQ(skipped.node(tanh).inputs[0], same ? pooled : again);
    EXPECT_TRUE(skipped.value(again).producer.valid());  // it is kept
    test::expect_engine_matches(m.graph, {.table = &m.table}, 3);
  }
}

}  // namespace
}  // namespace edgeopt
