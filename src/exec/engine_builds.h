// Builds the kernels of a plan on other threads while further ones are planned.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "edgeopt/tensor.h"
#include "ops/kernel.h"

namespace edgeopt {

class KernelBuilds {
 public:
  // One thread builds each kernel as it is added. Of more, the caller's builds when too much waits,
  // and at the end.
  explicit KernelBuilds(int threads);
  // Leaves out what has not begun.
  ~KernelBuilds();
  KernelBuilds(const KernelBuilds&) = delete;
  KernelBuilds& operator=(const KernelBuilds&) = delete;

  // `kernel` must outlive this. `constants`, which it was prepared with, are held until it is
  // built; some megabytes of them may wait.
  void add(Kernel& kernel, std::vector<Tensor> constants);
  // Waits for all. Rethrows the exception of the first kernel that could not be built.
  void finish();

 private:
  struct Build {
    Kernel* kernel = nullptr;
    std::vector<Tensor> constants;
    size_t number = 0;
    size_t bytes() const;  // of constants
  };
  std::optional<Build> take();  // waits for one, or for the end
  void work();
  void run(const Build& build);
  void close();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Build> waiting_;
  size_t waiting_bytes_ = 0;
  bool closed_ = false;
  size_t added_ = 0;
  size_t failed_ = 0;  // number of the first that could not be built
  std::exception_ptr error_;
  std::vector<std::jthread> threads_;
};

}  // namespace edgeopt
