// Lowering of a simulated model to QuantizeLinear / DequantizeLinear (QDQ) form; the targets call
// it with their style.
#pragma once

#include <string>
#include <vector>

#include "edgeopt/graph.h"
#include "quant/table.h"

namespace edgeopt {

struct QdqStyle {
  // Relu and Clip between a layer and its quantizer are left out where the grid enforces them
  // (asymmetric grids).
  bool drop_enforced_clamps = true;
  // Between a layer and a Relu or Clip that stays, the quantizer behind it stands a second time,
  // which changes no code: a runtime that knows layers by the quantizer behind them sees one (QNN).
  bool quantize_before_clamps = false;
  int64_t max_ir_version = 10;
};

// Each FakeQuant becomes QuantizeLinear + one DequantizeLinear for each consumer; on constants, an
// integer initializer (which keeps the constant's name) + DequantizeLinear. Scales are positive
// float32 constants, zero points always present, `axis` always written on per-channel nodes. Tensor
// names and graph outputs stay. Throws Error(kUnsupported) naming the tensor when an activation's
// width has no ONNX type.
Model lower_to_qdq(const Model& simulated, const QuantTable& table, const QdqStyle& style);

// A quantized tensor under the name it has in the lowered graph.
struct NamedEncoding {
  std::string name;
  const TensorEncoding* encoding = nullptr;
  bool is_parameter = false;  // weight or bias of a layer
};
// In topological order of the simulated graph. The table must outlive the result.
std::vector<NamedEncoding> named_encodings(const Model& simulated, const QuantTable& table);

}  // namespace edgeopt
