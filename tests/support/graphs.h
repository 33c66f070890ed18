// Small graphs built by hand, and the engine held against the interpreter.
#pragma once

#include <string>
#include <vector>

#include "edgeopt/graph.h"
#include "edgeopt/tensor.h"
#include "exec/engine.h"

namespace edgeopt::test {

class GraphBuilder {
 public:
  Graph graph;

  // A dimension of -1 is the symbol N.
  ValueId input(const std::string& name, const Shape& shape, DataType type = DataType::kFloat);
  ValueId constant(Tensor tensor);
  // A node of one output.
  ValueId node(const std::string& op_type, const std::vector<ValueId>& inputs,
               const std::vector<Attribute>& attributes = {}, const std::string& domain = "");
  std::vector<ValueId> node_of(const std::string& op_type, const std::vector<ValueId>& inputs,
                               size_t outputs, const std::vector<Attribute>& attributes = {});
  void output(ValueId value);
};

// Standard normal values of a seed.
Tensor normal_tensor(const Shape& shape, int64_t seed, float deviation = 1);

struct MatchOptions {
  std::vector<ValueId> fetched = {};
  const QuantTable* table = nullptr;
  int64_t micro_batch = 0;
  int threads = 2;
  int64_t opset = 21;
  double tolerance = 1e-5;  // of the largest magnitude of each output
};

// Runs `count` samples of normal noise through both and expects the same outputs up to float
// rounding.
void expect_engine_matches(const Graph& graph, const MatchOptions& options, int64_t count);

// The operator of each step that the engine plans.
std::vector<std::string> steps_of(const Graph& graph, EngineOptions options = {});

// One sample of normal noise (small integers for integer feeds).
std::vector<Tensor> noise_for(const Graph& graph, int64_t seed);

// Outputs of `count` samples, as they came.
std::vector<std::vector<Tensor>> run_engine(const Graph& graph, int64_t opset,
                                            const EngineOptions& options, int64_t count);

}  // namespace edgeopt::test
