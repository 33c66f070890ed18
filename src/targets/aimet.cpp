// AIMET's own conventions with its default configuration: every tensor quantized, the tail
// included; Conv, Gemm and Add fused with the Relu behind them, Clip not. For encodings that are
// compared with AIMET's; use with --weight-range aimet.
#include "targets/qdq.h"
#include "targets/target.h"

namespace edgeopt {
namespace {

Model lower(const Model& simulated, const QuantTable& table) {
  return lower_to_qdq(simulated, table, {.drop_enforced_clamps = false, .max_ir_version = 10});
}

}  // namespace

extern const Target target_aimet = {
    .name = "aimet",
    .summary = "AIMET's placement, its default configuration: every tensor",
    .policy = {.activation = {.bits = 8, .symmetric = false, .is_signed = false},
               .weight = {.bits = 8, .symmetric = true, .is_signed = true, .narrow = true},
               .quantize_outputs = true,
               .fuse_clip = false,
               .quantize_tail = true,
               .max_ir_version = 10},
    .lower = lower,
};

}  // namespace edgeopt
