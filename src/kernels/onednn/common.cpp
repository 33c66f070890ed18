#include "kernels/onednn/common.h"

#include <omp.h>

#include <algorithm>

#include "kernels/backend.h"

namespace edgeopt {
namespace onednn {
namespace {

using Kind = EpilogueStep::Kind;

constexpr float kMostCodes = 256;

bool append_exact(const EpilogueStep& step, dnnl::post_ops& post_ops) {
  switch (step.kind) {
    case Kind::kRelu: post_ops.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0); return true;
    case Kind::kLeakyRelu:
      post_ops.append_eltwise(1, dnnl::algorithm::eltwise_relu, step.a, 0);
      return true;
    case Kind::kClip:
      post_ops.append_eltwise(1, dnnl::algorithm::eltwise_clip, step.a, step.b);
      return true;
    default: return false;
  }
}

bool append_grid(const EpilogueStep& step, dnnl::post_ops& post_ops) {
  const bool is_grid = step.kind == Kind::kFakeQuant && step.high - step.low < kMostCodes;
  if (!is_grid || !(step.a > 0x1p-100F && step.a < 0x1p100F)) return false;
  post_ops.append_eltwise(1, dnnl::algorithm::eltwise_linear, 1 / step.a, 0);
  post_ops.append_eltwise(1, dnnl::algorithm::eltwise_round, 0, 0);
  post_ops.append_eltwise(1, dnnl::algorithm::eltwise_clip, step.low - step.b, step.high - step.b);
  post_ops.append_eltwise(1, dnnl::algorithm::eltwise_linear, step.a, 0);
  return true;
}

dnnl::primitive_attr attributes_with(const dnnl::post_ops& post_ops) {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attr.set_post_ops(post_ops);
  return attr;
}

}  // namespace

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& stream() {
  thread_local dnnl::stream stream(cpu());
  return stream;
}

dnnl::primitive_attr attributes(std::span<const EpilogueStep>& steps, bool sums) {
  dnnl::post_ops post_ops;
  for (; !steps.empty(); steps = steps.subspan(1)) {
    const bool adds = steps[0].kind == Kind::kAdd && sums && post_ops.len() == 0;
    if (adds) {
      post_ops.append_sum(1);
    } else if (!append_exact(steps[0], post_ops)) {
      break;
    }
  }
  return attributes_with(post_ops);
}

std::optional<dnnl::primitive_attr> attributes_of_all(std::span<const EpilogueStep> steps) {
  dnnl::post_ops post_ops;
  for (const EpilogueStep& step : steps) {
    if (step.kind == Kind::kAdd) {
      post_ops.append_sum(1);
    } else if (!append_exact(step, post_ops) && !append_grid(step, post_ops)) {
      return std::nullopt;
    }
  }
  return attributes_with(post_ops);
}

Arguments::Arguments(const dnnl::primitive_desc_base& desc, bool has_bias) {
  for (const int argument : {DNNL_ARG_SRC, DNNL_ARG_DST, DNNL_ARG_SCRATCHPAD, DNNL_ARG_BIAS}) {
    if (argument == DNNL_ARG_BIAS && !has_bias) continue;
    const dnnl::memory::desc form = desc.query_md(dnnl::query::exec_arg_md, argument);
    put(argument, dnnl::memory(form, cpu(), DNNL_MEMORY_NONE));
  }
}

Arguments::Argument& Arguments::of(int argument) {
  const auto at = std::find_if(list_.begin(), list_.end(), [&](const dnnl_exec_arg_t& listed) {
    return listed.arg == argument;
  });
  const auto index = static_cast<size_t>(at - list_.begin());
  if (at == list_.end()) {
    list_.push_back({argument, nullptr});
    arguments_.emplace_back();
  }
  return arguments_[index];
}

void Arguments::set(int argument, const void* data) {
  Argument& known = of(argument);
  if (known.data == data) return;
  known.memory.set_data_handle(const_cast<void*>(data));
  known.data = data;
}

void Arguments::put(int argument, const dnnl::memory& memory) {
  Argument& known = of(argument);
  if (known.memory && known.memory.get() == memory.get()) return;
  known = {memory, nullptr};
  list_[static_cast<size_t>(&known - arguments_.data())].memory = memory.get();
}

void Arguments::run(const dnnl::primitive& primitive) const {
  const dnnl_status_t status = dnnl_primitive_execute(primitive.get(), stream().get(),
                                                      static_cast<int>(list_.size()), list_.data());
  dnnl::error::wrap_c_api(status, "could not execute a primitive");
}

ArgumentPool::Loan ArgumentPool::borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Loan loan(idle_.back().release(), GiveBack{this});
      idle_.pop_back();
      return loan;
    }
  }
  return Loan(std::make_unique<Arguments>(desc_, has_bias_).release(), GiveBack{this});
}

void ArgumentPool::GiveBack::operator()(Arguments* arguments) const {
  std::unique_ptr<Arguments> idle(arguments);
  const std::lock_guard lock(pool->mutex_);
  pool->idle_.push_back(std::move(idle));
}

}  // namespace onednn

bool backend_is_faster() { return may_use_avx512(); }

bool may_use_avx512() {
  static const bool wide = dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core;
  return wide;
}

void single_threaded_kernels() { omp_set_num_threads(1); }

}  // namespace edgeopt
