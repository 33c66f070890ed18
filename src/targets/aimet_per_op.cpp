// AIMET's conventions with a configuration whose only fused pair is a layer and its Relu: a Relu
// elsewhere has its input's encoding, so that half of its range may be unused. For encodings that
// are compared with AIMET's; use with --weight-range aimet.
#include "targets/qdq.h"
#include "targets/target.h"

namespace edgeopt {
namespace {

Model lower(const Model& simulated, const QuantTable& table) {
  return lower_to_qdq(simulated, table, {.drop_enforced_clamps = false, .max_ir_version = 10});
}

}  // namespace

extern const Target target_aimet_per_op = {
    .name = "aimet-per-op",
    .summary = "AIMET's placement with layer + Relu as the only fused pair",
    .policy = {.activation = {.bits = 8, .symmetric = false, .is_signed = false},
               .weight = {.bits = 8, .symmetric = true, .is_signed = true, .narrow = true},
               .quantize_outputs = true,
               .fuse_clip = false,
               .fuse_add = false,
               .relu_shares_input = true,
               .quantize_tail = true,
               .max_ir_version = 10},
    .lower = lower,
};

}  // namespace edgeopt
