// ONNX Runtime on CPUs (x86 and ARM): uint8 asymmetric activations, int8 symmetric weights per
// channel, int32 bias. What its QDQ fusions need: docs of ONNX Runtime, "Quantize ONNX Models".
#include "targets/qdq.h"
#include "targets/target.h"

namespace edgeopt {
namespace {

Model lower(const Model& simulated, const QuantTable& table) {
  return lower_to_qdq(simulated, table, {.drop_enforced_clamps = true, .max_ir_version = 10});
}

}  // namespace

extern const Target target_onnxruntime = {
    .name = "onnxruntime",
    .summary = "ONNX Runtime on CPUs: QDQ, uint8 activations, int8 weights, int32 bias",
    .policy = {.activation = {.bits = 8, .symmetric = false, .is_signed = false},
               .weight = {.bits = 8, .symmetric = true, .is_signed = true, .narrow = true},
               .quantize_outputs = false,
               .microsoft_operators = true,
               .max_ir_version = 10},
    .lower = lower,
};

}  // namespace edgeopt
