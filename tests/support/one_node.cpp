#include "support/one_node.h"

#include <gtest/gtest.h>

#include "exec/interpreter.h"
#include "tensor/dispatch.h"
#include "tensor/packed.h"

namespace edgeopt::test {
namespace {

using Types = Joined<NumericTypes, BoolTypes>;

std::string input_name(size_t i) { return "in" + std::to_string(i); }

}  // namespace

Graph graph_of(const OneNode& one) {
  Graph graph;
  Node node;
  node.op_type = one.op_type;
  node.domain = one.domain;
  node.attributes = one.attributes;
  std::vector<ValueId> feeds;
  for (size_t i = 0; i < one.inputs.size(); ++i) {
    if (one.inputs[i].empty()) {
      node.inputs.push_back({});
      continue;
    }
    feeds.push_back(graph.add_value(input_name(i), {one.inputs[i].type(), {}, {}}));
    node.inputs.push_back(feeds.back());
  }
  for (size_t i = 0; i < one.outputs; ++i) {
    node.outputs.push_back(graph.add_value("out" + std::to_string(i)));
  }
  graph.set_graph_inputs(feeds);
  graph.set_graph_outputs(node.outputs);
  graph.add_node(std::move(node));
  return graph;
}

std::vector<Tensor> run(const OneNode& one) {
  std::map<std::string, Tensor> feeds;
  for (size_t i = 0; i < one.inputs.size(); ++i) {
    if (!one.inputs[i].empty()) feeds[input_name(i)] = one.inputs[i];
  }
  return interpret(graph_of(one), one.opset, feeds);
}

Tensor run_single(const OneNode& one) { return run(one).at(0); }

std::vector<double> values_of(const Tensor& tensor) {
  const Tensor plain = is_packed_integer(tensor.type()) ? unpack(tensor) : tensor;
  std::vector<double> values;
  const bool known = dispatch(plain.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    for (int64_t i = 0; i < plain.size(); ++i) {
      values.push_back(static_cast<double>(static_cast<Wide<T>>(plain.data<T>()[i])));
    }
  });
  EXPECT_TRUE(known) << name_of(tensor.type());
  return values;
}

Tensor make_tensor(DataType type, Shape shape, const std::vector<double>& values) {
  const bool packed = is_packed_integer(type);
  Tensor tensor(packed ? DataType::kInt8 : type, std::move(shape));
  EXPECT_EQ(static_cast<size_t>(tensor.size()), values.size());
  dispatch(tensor.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    T* to = tensor.mutable_data<T>();
    for (const double value : values) *to++ = static_cast<T>(static_cast<Wide<T>>(value));
  });
  return packed ? pack(tensor, type) : tensor;
}

ErrorCode error_of(const OneNode& one) {
  try {
    run(one);
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << one.op_type << " did not fail";
  return ErrorCode::kInternal;
}

}  // namespace edgeopt::test
