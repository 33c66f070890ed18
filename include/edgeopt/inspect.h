// What a model is: operators, parameters, multiply-accumulates, memory, and what would be quantized
// and why not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edgeopt/data.h"

namespace edgeopt {

struct InspectedNode {
  std::string name;
  std::string op_type;
  std::string output_shape;  // "1x16x32x32", "?" when not known
  int64_t parameters = 0;
  int64_t macs = 0;       // multiply-accumulates of one sample
  std::string quantized;  // "yes", or why not
};

struct InspectResult {
  std::string model;
  int64_t ir_version = 0;
  int64_t opset = 0;
  std::string producer;
  int64_t file_bytes = 0;
  int64_t parameters = 0;
  int64_t macs = 0;
  int64_t peak_activation_bytes = 0;  // float32, one sample
  std::vector<std::string> inputs;    // "input: float Nx3x32x32"
  std::vector<std::string> outputs;
  std::vector<std::pair<std::string, int64_t>> operators;  // op_type, count; most frequent first
  std::vector<InspectedNode> nodes;
  std::string gap;  // why shapes are not known from some node on; empty when all are
};

// `target`: the one whose placement decides `quantized`. Throws Error.
InspectResult inspect(const std::string& model, const std::string& target,
                      const InputShapes& input_shapes);
std::string inspect_json(const InspectResult& result);

}  // namespace edgeopt
