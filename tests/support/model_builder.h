// Builds small models by name, the way one would draw them:
//
//   ModelBuilder b;
//   b.input("x", {-1, 3, 8, 8});                    // -1: the symbolic batch N
//   b.weights("w", {4, 3, 3, 3});
//   b.node("Conv", {"x", "w"}, {"y"}, {{"pads", Ints{1, 1, 1, 1}}});
//   Model model = b.output("y").build();
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edgeopt/graph.h"

namespace edgeopt::test {

using Ints = std::vector<int64_t>;
using Floats = std::vector<float>;

class ModelBuilder {
 public:
  explicit ModelBuilder(int64_t opset = 13) : opset_(opset) {}

  ModelBuilder& input(const std::string& name, const Ints& dims, DataType type = DataType::kFloat);
  ModelBuilder& constant(const std::string& name, Tensor tensor);
  ModelBuilder& ints(const std::string& name, const Ints& values);      // int64, rank 1
  ModelBuilder& floats(const std::string& name, const Floats& values);  // rank 1
  ModelBuilder& scalar(const std::string& name, float value);
  // Uniform in [low, high), seeded by the name.
  ModelBuilder& weights(const std::string& name, const Ints& dims, float low = -1, float high = 1);
  // Empty names stand for omitted inputs. Unknown names become new values. The node's name is the
  // first output's with a capital N before it, unless `name` says otherwise.
  ModelBuilder& node(const std::string& op_type, const std::vector<std::string>& inputs,
                     const std::vector<std::string>& outputs,
                     std::vector<Attribute> attributes = {}, const std::string& name = "N");
  // scale, bias, mean and variance are drawn by name; epsilon 1e-5.
  ModelBuilder& batch_norm(const std::string& x, const std::string& y, int64_t channels);
  ModelBuilder& output(const std::string& name, DataType type = DataType::kFloat);
  Model build();

  Graph& graph() { return model_.graph; }
  ValueId value(const std::string& name);  // made when it does not exist

 private:
  int64_t opset_;
  Model model_;
  std::vector<ValueId> inputs_;
  std::vector<ValueId> outputs_;
};

}  // namespace edgeopt::test
