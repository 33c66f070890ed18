// A kernel: an operator planned once for fixed shapes, layouts and a fused epilogue, run many
// times.
//
// An operator's `prepare` plans it, build() makes it ready; the engine (exec/engine.h) decides what
// is fused, the layouts and where memory lies.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "edgeopt/graph.h"
#include "edgeopt/tensor.h"
#include "kernels/epilogue.h"
#include "kernels/fake_quantize.h"

namespace edgeopt {

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
  // The node's; a bias that was not in the node may stand in input 2 of a layer.
  std::vector<Operand> inputs;
  // The node's; layout is the one asked for, the type of output 0 that behind the epilogue.
  std::vector<Operand> outputs;
  // Steps on output 0. Operand number k of a kAdd step is input number inputs.size() + k of run().
  std::vector<EpilogueStep> epilogue;
  // Behind them output 0 becomes the codes of this grid (uint8): as QuantizeLinear's own result,
  // or in the place of a float result.
  std::optional<Grid> grid;
};

struct MovePlan;

// Runs with raw memory: `inputs` are the node's inputs (nullptr for constants and omitted ones that
// were given at preparation) followed by the epilogue's operands; memory is in the planned layouts,
// 64-byte aligned. `scratch` has at least scratch_bytes(). One kernel may be run by several threads
// at a time, each with its own memory.
class Kernel {
 public:
  virtual ~Kernel() = default;
  // Does what takes long, such as packing weights. Called once, before all that follows but
  // move_plan(), maybe on another thread while further kernels are planned. The constants of the
  // PrepareContext live until it returns.
  virtual void build() {}
  virtual size_t scratch_bytes() const { return 0; }
  // Output 0 may lie in the memory of that input of run(); the kernel works both ways. The engine
  // lets them coincide where the input is not needed afterwards, which saves the copy of a residual
  // that is summed in place.
  virtual bool may_overwrite(size_t /*input*/) const { return false; }
  // What it does, if it only moves elements (ops/strided_moves.h): the engine joins neighbours.
  virtual const MovePlan* move_plan() const { return nullptr; }
  virtual void run(std::span<const void* const> inputs, std::span<void* const> outputs,
                   void* scratch) const = 0;
};

}  // namespace edgeopt
