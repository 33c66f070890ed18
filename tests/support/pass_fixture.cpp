#include "support/pass_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "exec/engine.h"
#include "exec/interpreter.h"
#include "exec/shapes.h"
#include "ir/verify.h"
#include "onnx/model_io.h"
#include "support/one_node.h"

namespace edgeopt::test {
namespace {

Tensor noise(DataType type, const Shape& shape, Random& random) {
  std::vector<double> values;
  for (int64_t i = 0; i < element_count(shape); ++i) {
    values.push_back(is_float(type) ? random.normal() : std::floor(random.uniform() * 2));
  }
  return make_tensor(type, shape, values);
}

void expect_close(const Model& before, const Model& after, const std::vector<Tensor>& expected,
                  const std::vector<Tensor>& actual, double tolerance) {
  ASSERT_EQ(expected.size(), actual.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    const std::string name = before.graph.value(before.graph.outputs()[i]).name;
    EXPECT_EQ(after.graph.value(after.graph.outputs()[i]).name, name);
    ASSERT_EQ(expected[i].shape(), actual[i].shape()) << name;
    ASSERT_EQ(expected[i].type(), actual[i].type()) << name;
    const std::vector<double> a = values_of(expected[i]);
    const std::vector<double> b = values_of(actual[i]);
    double largest = 0;
    double difference = 0;
    for (size_t k = 0; k < a.size(); ++k) {
      EXPECT_EQ(std::isfinite(a[k]), std::isfinite(b[k])) << name;
      if (!std::isfinite(a[k]) || !std::isfinite(b[k])) continue;
      largest = std::max(largest, std::fabs(a[k]));
      difference = std::max(difference, std::fabs(a[k] - b[k]));
    }
    EXPECT_LE(difference, tolerance * largest) << "output " << name;
  }
}

}  // namespace

int64_t apply(Model& model, const std::string& name, const PassOptions& options,
              PassContext context) {
  const Pass* pass = find_pass(name);
  if (pass == nullptr) {
    ADD_FAILURE() << "no pass " << name;
    return 0;
  }
  OptionValues values(pass->name, pass->options);
  for (const auto& [option, value] : options) values.set(option, value);
  const std::string before = serialize_model(model);
  QuantTable table;
  const int64_t changes = pass->run(model, table, context, values);
  const std::vector<std::string> problems = graph_problems(model.graph);
  EXPECT_TRUE(problems.empty()) << name << ": " << problems.front();
  EXPECT_EQ(changes == 0, serialize_model(model) == before)
      << name << " says that it made " << changes << " changes";
  return changes;
}

int64_t apply_checked(Model& model, const std::string& pass, const PassOptions& options,
                      const PassContext& context) {
  const Model before = model;
  const int64_t changes = apply(model, pass, options, context);
  expect_same_outputs(before, model);
  return changes;
}

std::map<std::string, Tensor> feeds_of(const Model& model, int64_t batch, uint64_t seed) {
  Random random(seed);
  std::map<std::string, Tensor> feeds;
  const auto shapes = resolve_feed_shapes(model.graph, {}, batch);
  for (const ValueId id : model.graph.feeds()) {
    const Value& feed = model.graph.value(id);
    feeds[feed.name] = noise(feed.type.type, shapes.at(id), random);
  }
  return feeds;
}

std::vector<Tensor> outputs_of(const Model& model, int64_t batch, uint64_t seed) {
  return interpret(model.graph, model.opset(), feeds_of(model, batch, seed));
}

void expect_same_outputs(const Model& before, const Model& after, double tolerance, int64_t batch) {
  expect_close(before, after, outputs_of(before, batch), outputs_of(after, batch), tolerance);
}

void expect_same_engine_outputs(const Model& before, const Model& after, double tolerance) {
  const auto run = [](const Model& model) {
    Engine engine(model.graph, model.opset(), {.threads = 2});
    const auto load = [&](int64_t index) {
      const auto feeds = feeds_of(model, 1, static_cast<uint64_t>(index) + 1);
      std::vector<Tensor> inputs;
      for (const ValueId id : model.graph.feeds()) {
        inputs.push_back(feeds.at(model.graph.value(id).name));
      }
      return inputs;
    };
    std::vector<std::vector<Tensor>> results;
    engine.run(2, load,
               [&](int64_t, const std::vector<Tensor>& outputs) { results.push_back(outputs); });
    return results;
  };
  const auto expected = run(before);
  const auto actual = run(after);
  for (size_t i = 0; i < expected.size(); ++i) {
    expect_close(before, after, expected[i], actual[i], tolerance);
  }
}

std::string ops(const Model& model) {
  std::string text;
  for (const NodeId id : model.graph.topological_order()) {
    text += (text.empty() ? "" : " ") + model.graph.node(id).op_type;
  }
  return text;
}

const Node& only(const Model& model, const std::string& op_type) {
  static const Node none;
  const Node* found = nullptr;
  for (const NodeId id : model.graph.topological_order()) {
    const Node& node = model.graph.node(id);
    if (node.op_type != op_type) continue;
    EXPECT_EQ(found, nullptr) << "more than one " << op_type;
    found = &node;
  }
  EXPECT_NE(found, nullptr) << "no " << op_type;
  return found != nullptr ? *found : none;
}

Tensor constant_of(const Model& model, const Node& node, size_t index) {
  const Tensor* tensor =
      index < node.inputs.size() ? model.graph.constant(node.inputs[index]) : nullptr;
  EXPECT_NE(tensor, nullptr) << node.op_type << " input " << index << " is not constant";
  return tensor != nullptr ? *tensor : Tensor::scalar(0);
}

}  // namespace edgeopt::test
