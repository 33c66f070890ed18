// Operator::compute behind the Kernel interface: the fallback for operators without `prepare`.
#pragma once

#include <memory>
#include <vector>

#include "ops/kernel.h"
#include "ops/op.h"
#include "quant/table.h"

namespace edgeopt {

// A value as a step sees it. `constant` is owned by the kernel once made.
struct ComputeOperand {
  DataType type = DataType::kUndefined;  // kUndefined: omitted
  Shape shape;
  Tensor constant;  // empty: given at run time
};

// `graph` and `node` must outlive the kernel. Memory is in the order of the shapes (plain).
std::unique_ptr<Kernel> compute_kernel(const Graph& graph, const Node& node, int64_t opset,
                                       std::vector<ComputeOperand> inputs,
                                       std::vector<ComputeOperand> outputs);

// Simulated quantization with an encoding for each channel, of a plain tensor.
std::unique_ptr<Kernel> fake_quant_kernel(Shape shape, TensorEncoding encoding);

}  // namespace edgeopt
