#include "kernels/onednn/common.h"

#include <omp.h>

#include <algorithm>

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
