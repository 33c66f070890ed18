// Samples that steps read where the caller has them, results that steps write where the caller
// finds them: the values are those of copies, and nothing of the caller's changes.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/graphs.h"

namespace edgeopt {
namespace {

using test::GraphBuilder;
using Ints = std::vector<int64_t>;

const Shape kSample = {1, 3, 5, 7};

void expect_matches(const Graph& graph) {
  for (const int threads : {1, 2}) {
    test::expect_engine_matches(graph, {.micro_batch = 1, .threads = threads}, 7);
  }
}

TEST(EngineLending, AResultThatLaterStepsRead) {
  GraphBuilder b;
  const ValueId y = b.node("Relu", {b.input("x", {-1, 3, 5, 7})});
  b.output(y);
  b.output(b.node("Softmax", {y}, {{"axis", int64_t{3}}}));
  expect_matches(b.graph);
}

TEST(EngineLending, ASampleThatIsAResultToo) {
  GraphBuilder b;
  const ValueId x = b.input("x", {-1, 3, 5, 7});
  b.output(b.node("Identity", {x}));
  b.output(b.node("Exp", {x}));
  expect_matches(b.graph);
}

TEST(EngineLending, TwoResultsInOnePlace) {
  GraphBuilder b;
  const ValueId y = b.node("Tanh", {b.input("x", {-1, 3, 5, 7})});
  b.output(y);
  b.output(b.node("Reshape", {y, b.constant(Tensor::from_ints({2}, {-1, 105}))}));
  expect_matches(b.graph);
}

TEST(EngineLending, AResultInAnotherLayout) {
  GraphBuilder b;
  const ValueId w = b.constant(test::normal_tensor({4, 3, 3, 3}, 3, 0.2F));
  const ValueId y = b.node("Conv", {b.input("x", {-1, 3, 5, 7}), w}, {{"pads", Ints{1, 1, 1, 1}}});
  b.output(y);
  b.output(b.node("GlobalAveragePool", {y}));
  expect_matches(b.graph);
}

// x + 1, x * x: one of them could be computed in the place of x.
Graph two_of_one_input() {
  GraphBuilder b;
  const ValueId x = b.input("x", {-1, 3, 5, 7});
  b.output(b.node("Mul", {x, x}));
  b.output(b.node("Add", {x, b.constant(Tensor::scalar(1))}));
  return b.graph;
}

std::vector<float> floats_of(const Tensor& tensor) {
  return {tensor.data<float>(), tensor.data<float>() + tensor.size()};
}

TEST(EngineLending, SamplesAndKeptResultsStayAsTheyAre) {
  const Graph graph = two_of_one_input();
  std::vector<Tensor> samples;
  for (int64_t i = 0; i < 9; ++i) samples.push_back(test::normal_tensor(kSample, i));
  Engine engine(graph, 21, {.threads = 2, .micro_batch = 1});
  std::vector<Tensor> kept;
  for (int run = 0; run < 2; ++run) {
    engine.run(
        9, [&](int64_t i) { return std::vector<Tensor>{samples[static_cast<size_t>(i)]}; },
        [&](int64_t, const std::vector<Tensor>& outputs) { kept.push_back(outputs.at(1)); });
  }
  for (size_t i = 0; i < kept.size(); ++i) {
    const std::vector<float> sample = floats_of(test::normal_tensor(kSample, int64_t(i % 9)));
    EXPECT_EQ(floats_of(samples[i % 9]), sample);
    std::vector<float> expected = sample;
    for (float& value : expected) value += 1;
    EXPECT_EQ(floats_of(kept[i]), expected);
  }
}

TEST(EngineLending, SamplesAtAnyAddress) {
  const Graph graph = two_of_one_input();
  Engine engine(graph, 21, {.threads = 1, .micro_batch = 1});
  const Tensor sample = test::normal_tensor(kSample, 1);
  std::vector<float> memory(static_cast<size_t>(sample.size()) + 4);
  engine.run(
      4,
      [&](int64_t i) {
        std::copy_n(sample.data<float>(), sample.size(), memory.data() + i);
        return std::vector<Tensor>{Tensor::view(DataType::kFloat, kSample, memory.data() + i)};
      },
      [&](int64_t, const std::vector<Tensor>& outputs) {
        for (int64_t e = 0; e < sample.size(); ++e) {
          ASSERT_EQ(outputs[1].data<float>()[e], sample.data<float>()[e] + 1);
        }
      });
}

}  // namespace
}  // namespace edgeopt
