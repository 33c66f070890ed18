#include "pipeline/compare.h"

#include <gtest/gtest.h>

#include "support/graphs.h"

namespace edgeopt {
namespace {

class Noise : public DataSource {
 public:
  Noise(Shape shape, int64_t count) : shape_(std::move(shape)), count_(count) {}
  int64_t size() const override { return count_; }
  Sample load(int64_t index) const override {
    return {.inputs = {test::normal_tensor(shape_, index)}, .label = index % 2, .name = ""};
  }
  std::string describe() const override { return "noise"; }

 private:
  Shape shape_;
  int64_t count_;
};

Graph clip_graph(const Shape& shape, float most) {
  test::GraphBuilder b;
  const ValueId x = b.input("x", shape);
  const ValueId ends[] = {b.constant(Tensor::scalar(-1)), b.constant(Tensor::scalar(most))};
  b.output(b.node("Clip", {x, ends[0], ends[1]}));
  return b.graph;
}

// Both ways to compare, over noise of this shape. Returns how many engines were alive at most.
int compare_both_ways(const Shape& shape, int64_t count) {
  const Graph reference = clip_graph(shape, 2);
  const Graph candidate = clip_graph(shape, 1);
  const Noise data(shape, count);
  Engine first(reference, 21, {.threads = 2});
  Engine second(candidate, 21, {.threads = 2});
  const Comparison together = compare_engines(first, second, data, count);
  int alive = 0;
  int most = 0;
  const auto maker = [&](const Graph& graph) {
    return [&] {
      most = std::max(most, ++alive);
      return std::shared_ptr<Engine>(new Engine(graph, 21, {.threads = 2}), [&](Engine* engine) {
        --alive;
        delete engine;
      });
    };
  };
  std::vector<int64_t> steps;
  const Comparison apart =
      compare_engines(MakeEngine(maker(reference)), MakeEngine(maker(candidate)), data, count,
                      [&](int64_t done, int64_t) { steps.push_back(done); });
  EXPECT_EQ(steps.back(), count);
  EXPECT_EQ(apart.samples, count);
  EXPECT_EQ(apart.outputs.decibels(), together.outputs.decibels());
  EXPECT_GT(apart.outputs.decibels(), 1);
  EXPECT_LT(apart.outputs.decibels(), 100);
  EXPECT_EQ(apart.agreement, together.agreement);
  EXPECT_TRUE(apart.labelled);
  EXPECT_EQ(apart.candidate.top1(), together.candidate.top1());
  EXPECT_EQ(apart.reference.top5(), together.reference.top5());
  return most;
}

TEST(CompareEngines, OneEngineAtATimeWhereSamplesAreFewAndSmall) {
  EXPECT_EQ(compare_both_ways({1, 4}, 1), 1);
  EXPECT_EQ(compare_both_ways({1, 40}, 32), 1);
}

TEST(CompareEngines, InChunksOtherwise) {
  EXPECT_EQ(compare_both_ways({1, 40}, 100), 2);
  EXPECT_EQ(compare_both_ways({1, 1 << 19}, 20), 2);
}

}  // namespace
}  // namespace edgeopt
