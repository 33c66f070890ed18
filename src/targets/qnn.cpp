// Snapdragon through QNN: the QDQ contract of ONNX Runtime's QNN execution provider (HTP backend),
// which qairt-converter takes as well. Static shapes, uint8 asymmetric activations, int8 symmetric
// weights, int32 bias, quantized outputs.
#include "targets/qdq.h"
#include "targets/target.h"

namespace edgeopt {
namespace {

Model lower(const Model& simulated, const QuantTable& table) {
  return lower_to_qdq(simulated, table, {.drop_enforced_clamps = true, .max_ir_version = 10});
}

}  // namespace

extern const Target target_qnn = {
    .name = "qnn",
    .summary = "Snapdragon (QNN / SNPE): QDQ for the HTP, uint8 activations, static shapes",
    .policy = {.activation = {.bits = 8, .symmetric = false, .is_signed = false},
               .weight = {.bits = 8, .symmetric = true, .is_signed = true, .narrow = true},
               .matmul_per_channel = false,
               .quantize_normalization = true,
               .quantize_outputs = true,
               .fixed_batch = true,
               .max_ir_version = 10},
    .lower = lower,
};

}  // namespace edgeopt
