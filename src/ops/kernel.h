// A kernel: an operator planned once for fixed shapes, layouts and a fused epilogue, run many
// times.
//
// An operator's `prepare` builds it; the engine (exec/engine.h) decides what is fused, the layouts
// and where memory lies.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "edgeopt/graph.h"
#include "edgeopt/tensor.h"

namespace edgeopt {

// One step applied to every element of a kernel's result before it is stored, in order.
struct EpilogueStep {
  enum class Kind {
    kRelu,
    kClip,       // clamp to [a, b]
    kLeakyRelu,  // x < 0 ? a x : x
    kSigmoid,
    kTanh,
    kHardSigmoid,  // clamp(a x + b, 0, 1)
    kHardSwish,    // x * clamp(x / 6 + 0.5, 0, 1)
    kSilu,         // x * sigmoid(x)
    kAdd,  // + another tensor of the result's shape and layout: the kernel's extra input number
           // `operand`
    kFakeQuant,  // a * (clamp(round_half_even(x / a) + b, low, high) - b); a = scale, b = zero
                 // point
  };
  Kind kind = Kind::kRelu;
  float a = 0;
  float b = 0;
  float low = 0;
  float high = 0;
  size_t operand = 0;
};

// What a kernel is planned for.
class PrepareContext {
 public:
  struct Operand {
    DataType type = DataType::kUndefined;  // kUndefined: omitted optional input
    Shape shape;                           // logical
    Layout layout = Layout::kPlain;
    const Tensor* constant = nullptr;  // plain layout; nullptr: only known at run time
  };
  const Graph* graph = nullptr;
  const Node* node = nullptr;
  int64_t opset = 0;
  std::vector<Operand> inputs;   // the node's
  std::vector<Operand> outputs;  // the node's; layout is the one asked for
  std::vector<EpilogueStep> epilogue;
};

// Runs with raw memory: `inputs` are the node's inputs (nullptr for constants and omitted ones that
// were given at preparation) followed by the epilogue's operands; memory is in the planned layouts,
// 64-byte aligned. `scratch` has at least scratch_bytes(). One kernel may be run by several threads
// at a time, each with its own memory.
class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual size_t scratch_bytes() const { return 0; }
  virtual void run(std::span<const void* const> inputs, std::span<void* const> outputs,
                   void* scratch) const = 0;
};

}  // namespace edgeopt
