#include "exec/engine_builds.h"

#include <utility>

#include "base/parallel.h"
#include "kernels/backend.h"

namespace edgeopt {
namespace {

constexpr size_t kWaitingBytes = size_t{8} << 20;

}  // namespace

size_t KernelBuilds::Build::bytes() const {
  size_t sum = 0;
  for (const Tensor& constant : constants) sum += constant.byte_size();
  return sum;
}

KernelBuilds::KernelBuilds(int threads) {
  for (int t = 1; t < thread_count(threads); ++t) threads_.emplace_back([this] { work(); });
}

KernelBuilds::~KernelBuilds() {
  {
    const std::lock_guard lock(mutex_);
    waiting_.clear();
  }
  close();
}

void KernelBuilds::add(Kernel& kernel, std::vector<Tensor> constants) {
  Build build{&kernel, std::move(constants), added_++};
  {
    const std::lock_guard lock(mutex_);
    if (!threads_.empty() && waiting_bytes_ + build.bytes() <= kWaitingBytes) {
      waiting_bytes_ += build.bytes();
      waiting_.push_back(std::move(build));
      changed_.notify_one();
      return;
    }
  }
  run(build);
}

void KernelBuilds::finish() {
  close();
  work();
  threads_.clear();
  if (error_ != nullptr) std::rethrow_exception(error_);
}

void KernelBuilds::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

std::optional<KernelBuilds::Build> KernelBuilds::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
  if (waiting_.empty()) return std::nullopt;
  Build build = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_bytes_ -= build.bytes();
  return build;
}

void KernelBuilds::work() {
  single_threaded_kernels();
  while (const std::optional<Build> build = take()) run(*build);
}

void KernelBuilds::run(const Build& build) {
  try {
    build.kernel->build();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (error_ != nullptr && failed_ < build.number) return;
    failed_ = build.number;
    error_ = std::current_exception();
  }
}

}  // namespace edgeopt
