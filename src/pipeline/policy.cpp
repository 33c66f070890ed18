#include "pipeline/policy.h"

#include "base/format.h"

namespace edgeopt {
namespace {

// ONNX has 16-bit and 4-bit QuantizeLinear from this opset on.
constexpr int64_t kWideOpset = 21;

void check_values(const QuantizeOptions& options, const Target& target) {
  if (options.activation_bits != 8 && options.activation_bits != 16) {
    fail(ErrorCode::kUsage, "--activation-bits {}: must be 8 or 16", options.activation_bits);
  }
  const int bits = options.weight_bits;
  if (bits != 16 && (bits < 2 || bits > 8)) {
    fail(ErrorCode::kUsage, "--weight-bits {}: must be 2 to 8, or 16", bits);
  }
  const std::string& range = options.weight_range;
  if (range != "narrow" && range != "full" && range != "aimet") {
    fail(ErrorCode::kUsage, "--weight-range {}: must be narrow, full or aimet", range);
  }
  const bool wide = options.activation_bits > 8 || bits > 8;
  if (wide && target.policy.max_opset < kWideOpset) {
    fail(ErrorCode::kUnsupported, "target {} has no 16-bit tensors; use 8 bits", target.name);
  }
}

}  // namespace

QuantPolicy policy_for(const QuantizeOptions& options, const Target& target) {
  check_values(options, target);
  QuantPolicy policy = target.policy;
  policy.activation.bits = options.activation_bits;
  policy.activation.symmetric = policy.activation.symmetric || options.symmetric_activations;
  policy.weight.bits = options.weight_bits;
  policy.weight.narrow = policy.weight.narrow && options.weight_range == "narrow";
  policy.per_channel = policy.per_channel && options.per_channel;
  policy.quantize_tail = policy.quantize_tail || options.quantize_tail;
  if (options.activation_bits > 8 || options.weight_bits > 8 || options.weight_bits <= 4) {
    policy.min_opset = std::max(policy.min_opset, kWideOpset);
  }
  return policy;
}

}  // namespace edgeopt
