// Runs one operator by itself through the interpreter.
#pragma once

#include <string>
#include <vector>

#include "edgeopt/error.h"
#include "edgeopt/graph.h"
#include "edgeopt/tensor.h"

namespace edgeopt::test {

// A graph of one node whose inputs are the tensors (empty ones are omitted) and whose outputs, as
// many as asked for, are the graph's outputs.
struct OneNode {
  std::string op_type;
  std::vector<Tensor> inputs;
  std::vector<Attribute> attributes = {};
  size_t outputs = 1;
  std::string domain = {};
  int64_t opset = 21;
};

Graph graph_of(const OneNode& one);
std::vector<Tensor> run(const OneNode& one);
Tensor run_single(const OneNode& one);  // the first output

// The elements as numbers, of any numeric type or bool.
std::vector<double> values_of(const Tensor& tensor);

// A tensor of any numeric type or bool.
Tensor make_tensor(DataType type, Shape shape, const std::vector<double>& values);
inline Tensor floats(Shape shape, const std::vector<double>& values) {
  return make_tensor(DataType::kFloat, std::move(shape), values);
}

// The error code that running it throws; kInternal with a test failure when it throws nothing.
ErrorCode error_of(const OneNode& one);

}  // namespace edgeopt::test
