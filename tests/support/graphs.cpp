#include "support/graphs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "exec/interpreter.h"
#include "exec/shapes.h"

namespace edgeopt::test {

ValueId GraphBuilder::input(const std::string& name, const Shape& shape, DataType type) {
  std::vector<Dimension> dims;
  for (const int64_t d : shape) dims.push_back(d < 0 ? Dimension{-1, "N"} : Dimension{d, ""});
  const ValueId id = graph.add_value(name, {type, dims, {}});
  std::vector<ValueId> inputs = graph.inputs();
  inputs.push_back(id);
  graph.set_graph_inputs(inputs);
  return id;
}

ValueId GraphBuilder::constant(Tensor tensor) {
  return graph.add_constant(graph.fresh_name("constant"), std::move(tensor));
}

std::vector<ValueId> GraphBuilder::node_of(const std::string& op_type,
                                           const std::vector<ValueId>& inputs, size_t outputs,
                                           const std::vector<Attribute>& attributes) {
  Node made;
  made.op_type = op_type;
  made.inputs = inputs;
  made.attributes = attributes;
  for (size_t i = 0; i < outputs; ++i) made.outputs.push_back(graph.add_value(""));
  std::vector<ValueId> results = made.outputs;
  graph.add_node(std::move(made));
  return results;
}

ValueId GraphBuilder::node(const std::string& op_type, const std::vector<ValueId>& inputs,
                           const std::vector<Attribute>& attributes, const std::string& domain) {
  Node made;
  made.op_type = op_type;
  made.domain = domain;
  made.inputs = inputs;
  made.attributes = attributes;
  const ValueId result = graph.add_value("");
  made.outputs = {result};
  graph.add_node(std::move(made));
  return result;
}

void GraphBuilder::output(ValueId value) {
  std::vector<ValueId> outputs = graph.outputs();
  outputs.push_back(value);
  graph.set_graph_outputs(outputs);
}

Tensor normal_tensor(const Shape& shape, int64_t seed, float deviation) {
  std::mt19937 engine(static_cast<uint32_t>(seed));
  std::normal_distribution<float> normal(0, deviation);
  Tensor tensor(DataType::kFloat, shape);
  std::generate_n(tensor.mutable_data<float>(), tensor.size(), [&] { return normal(engine); });
  return tensor;
}

std::vector<Tensor> noise_for(const Graph& graph, int64_t seed) {
  std::vector<Tensor> sample;
  const std::map<ValueId, Shape> shapes = resolve_feed_shapes(graph, {}, 1);
  for (const ValueId id : graph.feeds()) {
    if (graph.value(id).type.type == DataType::kInt64) {
      Tensor tensor(DataType::kInt64, shapes.at(id));
      for (int64_t i = 0; i < tensor.size(); ++i) {
        tensor.mutable_data<int64_t>()[i] = (i * 7 + seed) % 5;
      }
      sample.push_back(tensor);
    } else {
      sample.push_back(normal_tensor(shapes.at(id), seed++));
    }
  }
  return sample;
}

std::vector<std::vector<Tensor>> run_engine(const Graph& graph, int64_t opset,
                                            const EngineOptions& options, int64_t count) {
  Engine engine(graph, opset, options);
  std::vector<std::vector<Tensor>> results;
  engine.run(
      count, [&](int64_t i) { return noise_for(graph, 1000 * (i + 1)); },
      [&](int64_t, const std::vector<Tensor>& outputs) { results.push_back(outputs); });
  return results;
}

namespace {

void expect_close(const Tensor& made, const Tensor& expected, double tolerance) {
  ASSERT_EQ(made.type(), expected.type());
  ASSERT_EQ(made.shape(), expected.shape());
  if (expected.type() == DataType::kInt64) {
    for (int64_t i = 0; i < made.size(); ++i) {
      ASSERT_EQ(made.data<int64_t>()[i], expected.data<int64_t>()[i]);
    }
    return;
  }
  ASSERT_EQ(expected.type(), DataType::kFloat);
  float largest = 0;
  for (int64_t i = 0; i < made.size(); ++i) {
    largest = std::max(largest, std::abs(expected.data<float>()[i]));
  }
  for (int64_t i = 0; i < made.size(); ++i) {
    ASSERT_NEAR(made.data<float>()[i], expected.data<float>()[i], tolerance * largest) << i;
  }
}

}  // namespace

void expect_engine_matches(const Graph& graph, const MatchOptions& options, int64_t count) {
  const EngineOptions engine_options{.threads = options.threads,
                                     .table = options.table,
                                     .input_shapes = {},
                                     .micro_batch = options.micro_batch,
                                     .observed = {},
                                     .fetched = options.fetched};
  const auto made = run_engine(graph, options.opset, engine_options, count);
  ASSERT_EQ(made.size(), static_cast<size_t>(count));
  Graph fetching = graph;
  if (!options.fetched.empty()) fetching.set_graph_outputs(options.fetched);
  InterpretOptions interpret_options;
  interpret_options.table = options.table;
  for (int64_t i = 0; i < count; ++i) {
    const std::vector<Tensor> sample = noise_for(graph, 1000 * (i + 1));
    std::map<std::string, Tensor> feeds;
    for (size_t f = 0; f < sample.size(); ++f) {
      feeds[graph.value(graph.feeds()[f]).name] = sample[f];
    }
    const std::vector<Tensor> expected =
        interpret(fetching, options.opset, feeds, interpret_options);
    const std::vector<Tensor>& sample_made = made[static_cast<size_t>(i)];
    ASSERT_EQ(sample_made.size(), expected.size());
    for (size_t k = 0; k < expected.size(); ++k) {
      expect_close(sample_made[k], expected[k], options.tolerance);
    }
  }
}

std::vector<std::string> steps_of(const Graph& graph, EngineOptions options) {
  options.profile = true;
  Engine engine(graph, 21, options);
  std::vector<std::string> names;
  for (const NodeProfile& row : engine.profile()) names.push_back(row.op_type);
  return names;
}

}  // namespace edgeopt::test
