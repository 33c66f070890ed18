// A deployment target: what it wants quantized and how, and how a simulated model is written for
// it.
//
// A target is one file `targets/NAME.cpp`, one line in `targets.def`. Rules: see docs/adding.md.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/graph.h"
#include "quant/table.h"

namespace edgeopt {

// How FakeQuant nodes are placed and what grids they use. `insert-fake-quant` reads it, the
// exporter relies on it.
struct QuantPolicy {
  QuantSpec activation;  // per tensor
  QuantSpec weight;      // axis is set per operator when `per_channel`
  bool per_channel = true;
  bool matmul_per_channel = true;       // false: MatMul weights per tensor (QNN)
  bool quantize_bias = true;            // int32, scale = input x weight; false: float bias
  bool quantize_normalization = false;  // scale and shift of normalizations too (QNN)
  bool quantize_all_tensors =
      true;  // every float tensor between operators, data movement included (QNN, ONNX Runtime);
             // false: only the inputs of quantizable operators (TensorRT)
  bool quantize_outputs = true;  // graph outputs too
  // What is one operation to the runtime, so that nothing is quantized inside: a layer and the Relu
  // that only it feeds always; with fuse_clip also a Clip, with fuse_add also a Relu behind
  // anything else that is computed (Add, ...).
  bool fuse_clip = true;
  bool fuse_add = true;
  bool relu_shares_input = false;  // a Relu that is not fused has its input's encoding
  bool quantize_tail = false;  // also what comes after the last layers (detector decoding, softmax)
  bool fixed_batch = false;    // a symbolic batch becomes 1
  bool microsoft_operators = false;  // ONNX Runtime's own (domain com.microsoft) are taken
  int64_t min_opset = 13;
  int64_t max_opset = 25;
  int64_t max_ir_version = 10;
};

struct Target {
  std::string_view name;
  std::string_view summary;
  QuantPolicy policy;
  // Rewrites a simulated model (FakeQuant nodes, complete table) to the form that is deployed.
  // Checks its own result: throws Error(kUnsupported) naming the node when a rule of the target
  // cannot be kept.
  Model (*lower)(const Model& simulated, const QuantTable& table);
};

const Target* find_target(std::string_view name);
std::span<const Target* const> all_targets();

}  // namespace edgeopt
