#include "kernels/onednn/post_ops.h"

#include <algorithm>

namespace edgeopt::onednn {
namespace {

using dnnl::algorithm;
using Kind = EpilogueStep::Kind;

constexpr float kMostCodes = 256;

}  // namespace

bool PostOps::append_exact(const EpilogueStep& step, float unit) {
  switch (step.kind) {
    case Kind::kRelu: return append(algorithm::eltwise_relu, 0, 0);
    case Kind::kLeakyRelu: return append(algorithm::eltwise_relu, step.a, 0);
    case Kind::kClip: return append_clip(step.a / unit, step.b / unit);
    default: return false;
  }
}

bool PostOps::append_grid(const EpilogueStep& step) {
  const bool is_grid = step.kind == Kind::kFakeQuant && step.high - step.low < kMostCodes;
  return is_grid && step.a > 0x1p-100F && step.a < 0x1p100F &&
         append(algorithm::eltwise_linear, 1 / step.a, 0) && append_round() &&
         append_clip(step.low - step.b, step.high - step.b, step.a);
}

dnnl::primitive_attr PostOps::attributes() const {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attr.set_post_ops(post_ops_);
  return attr;
}

bool PostOps::append_round() { return append(algorithm::eltwise_round, 0, 0); }

bool PostOps::append_clip(float low, float high, float scale) {
  return append(algorithm::eltwise_clip, low, high, scale) ||
         append(algorithm::eltwise_clip_v2, low, high, scale);
}

// The result times `scale`.
bool PostOps::append(algorithm kind, float alpha, float beta, float scale) {
  if (std::find(used_.begin(), used_.end(), kind) != used_.end()) return false;
  used_.push_back(kind);
  post_ops_.append_eltwise(scale, kind, alpha, beta);
  return true;
}

dnnl::primitive_attr attributes(std::span<const EpilogueStep>& steps, bool sums) {
  PostOps post_ops;
  for (; !steps.empty(); steps = steps.subspan(1)) {
    if (steps[0].kind == Kind::kAdd && sums && post_ops.empty()) {
      post_ops.append_sum();
    } else if (!post_ops.append_exact(steps[0])) {
      break;
    }
  }
  return post_ops.attributes();
}

std::optional<dnnl::primitive_attr> quantizing_attributes(std::span<const EpilogueStep> steps) {
  PostOps post_ops;
  for (const EpilogueStep& step : steps) {
    const bool last = &step == &steps.back();
    if (step.kind == Kind::kAdd && post_ops.empty()) {
      post_ops.append_sum();
    } else if (last ? !post_ops.append_grid(step) : !post_ops.append_exact(step)) {
      return std::nullopt;
    }
  }
  return post_ops.attributes();
}

}  // namespace edgeopt::onednn
