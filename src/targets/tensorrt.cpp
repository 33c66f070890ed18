// Jetson through TensorRT 10: symmetric int8 with zero point 0 on the inputs of layers and on
// residual branches, int8 weights behind DequantizeLinear alone, float bias (int32 bias and other
// zero points are refused by its parser).
#include "targets/qdq.h"
#include "targets/target.h"

namespace edgeopt {
namespace {

Model lower(const Model& simulated, const QuantTable& table) {
  return lower_to_qdq(simulated, table, {.drop_enforced_clamps = false, .max_ir_version = 10});
}

}  // namespace

extern const Target target_tensorrt = {
    .name = "tensorrt",
    .summary = "Jetson (TensorRT 10): symmetric int8 QDQ on layer inputs, float bias",
    .policy = {.activation = {.bits = 8, .symmetric = true, .is_signed = true, .narrow = false},
               .weight = {.bits = 8, .symmetric = true, .is_signed = true, .narrow = true},
               .quantize_bias = false,
               .quantize_all_tensors = false,
               .quantize_outputs = false,
               .max_opset = 20,
               .max_ir_version = 10},
    .lower = lower,
};

}  // namespace edgeopt
