#include "exec/engine.h"

#include <gtest/gtest.h>

#include <mutex>

#include "edgeopt/error.h"
#include "support/graphs.h"

namespace edgeopt {
namespace {

using test::GraphBuilder;

std::vector<Tensor> normal_samples(const Shape& shape, int64_t count) {
  std::vector<Tensor> samples;
  for (int64_t i = 0; i < count; ++i) samples.push_back(test::normal_tensor(shape, 100 + i));
  return samples;
}

// Relu(x) + x * w, with the batch N.
Graph small_graph() {
  GraphBuilder b;
  const ValueId x = b.input("x", {-1, 3, 4});
  const ValueId relu = b.node("Relu", {x});
  const ValueId scaled = b.node("Mul", {x, b.constant(Tensor::from_floats({3, 1}, {1, -2, 3}))});
  b.output(b.node("Add", {relu, scaled}));
  return b.graph;
}

TEST(Engine, GivesWhatTheInterpreterGives) {
  const Graph graph = small_graph();
  test::expect_engine_matches(graph, {}, 5);
}

TEST(Engine, DeliversInOrderWhateverTheThreadsAndTheBatch) {
  const Graph graph = small_graph();
  for (const int threads : {1, 2, 5}) {
    for (const int64_t batch : {1, 2, 4}) {
      Engine engine(graph, 21, {.threads = threads, .micro_batch = batch});
      const std::vector<Tensor> samples = normal_samples({1, 3, 4}, 11);
      std::vector<int64_t> order;
      engine.run(
          11, [&](int64_t i) { return std::vector<Tensor>{samples[static_cast<size_t>(i)]}; },
          [&](int64_t i, const std::vector<Tensor>& outputs) {
            order.push_back(i);
            EXPECT_EQ(outputs.at(0).shape(), (Shape{1, 3, 4}));
          });
      ASSERT_EQ(order.size(), 11U);
      for (size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], static_cast<int64_t>(i));
    }
  }
}

TEST(Engine, AnExceptionOfACallbackEndsTheRunAndComesOut) {
  const Graph graph = small_graph();
  const Tensor sample = test::normal_tensor({1, 3, 4}, 1);
  const auto load = [&](int64_t) { return std::vector<Tensor>{sample}; };
  const auto take = [](int64_t, const std::vector<Tensor>&) {};
  const auto fail = [](auto&&...) { throw std::runtime_error("stop"); };
  for (const int threads : {1, 3}) {
    Engine engine(graph, 21, {.threads = threads});
    const auto fail_load = [&](int64_t i) {
      if (i == 7) fail();
      return load(i);
    };
    EXPECT_THROW(engine.run(100, fail_load, take), std::runtime_error);
    const auto fail_take = [&](int64_t i, const std::vector<Tensor>&) {
      if (i == 7) fail();
    };
    EXPECT_THROW(engine.run(100, load, fail_take), std::runtime_error);
    int64_t taken = 0;  // and the engine is still good
    engine.run(10, load, [&](int64_t, const std::vector<Tensor>&) { ++taken; });
    EXPECT_EQ(taken, 10);
  }
}

TEST(Engine, ObservesEachSampleOnce) {
  const Graph graph = small_graph();
  const ValueId relu = graph.node(graph.topological_order()[0]).outputs[0];
  const ValueId input = graph.inputs()[0];
  Engine engine(graph, 21, {.threads = 2, .micro_batch = 4, .observed = {relu, input}});
  std::mutex mutex;
  std::map<ValueId, int64_t> calls;
  engine.run(
      10,
      [&](int64_t i) {
        return std::vector<Tensor>{test::normal_tensor({1, 3, 4}, 1 + i)};
      },
      [](int64_t, const std::vector<Tensor>&) {},
      [&](int worker, int64_t sample, ValueId value, const Tensor& x) {
        const std::lock_guard lock(mutex);
        EXPECT_LT(worker, 2);
        EXPECT_EQ(x.shape(), (Shape{1, 3, 4}));
        ++calls[value];
        if (value != input || x.layout() != Layout::kPlain) return;
        const Tensor fed = test::normal_tensor({1, 3, 4}, 1 + sample);
        EXPECT_TRUE(std::equal(fed.data<float>(), fed.data<float>() + 12, x.data<float>()));
      });
  EXPECT_EQ(calls, (std::map<ValueId, int64_t>{{relu, 10}, {input, 10}}));
}

TEST(Engine, ASampleThatDoesNotFitIsNamed) {
  const Graph graph = small_graph();
  Engine engine(graph, 21, {});
  try {
    engine.run(
        1,
        [](int64_t) {
          return std::vector<Tensor>{Tensor(DataType::kFloat, {1, 3, 5})};
        },
        [](int64_t, const std::vector<Tensor>&) {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadInput);
    EXPECT_NE(std::string(error.what()).find("'x'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace edgeopt
