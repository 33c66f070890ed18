#include "kernels/onednn/common.h"

#include <omp.h>

#include "kernels/backend.h"

namespace edgeopt {
namespace onednn {

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& stream() {
  thread_local dnnl::stream stream(cpu());
  return stream;
}

dnnl::primitive_attr attributes(std::span<const EpilogueStep>& steps) {
  using Kind = EpilogueStep::Kind;
  dnnl::post_ops post_ops;
  for (; !steps.empty(); steps = steps.subspan(1)) {
    const EpilogueStep& step = steps.front();
    if (step.kind == Kind::kRelu) {
      post_ops.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
    } else if (step.kind == Kind::kLeakyRelu) {
      post_ops.append_eltwise(1, dnnl::algorithm::eltwise_relu, step.a, 0);
    } else if (step.kind == Kind::kClip) {
      post_ops.append_eltwise(1, dnnl::algorithm::eltwise_clip, step.a, step.b);
    } else {
      break;
    }
  }
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attr.set_post_ops(post_ops);
  return attr;
}

}  // namespace onednn

bool backend_is_faster() {
  static const bool wide = dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core;
  return wide;
}

void single_threaded_kernels() { omp_set_num_threads(1); }

}  // namespace edgeopt
