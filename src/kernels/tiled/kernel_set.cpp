#include "kernels/tiled/kernel_set.h"

#include "kernels/backend.h"

namespace edgeopt {
namespace {

const KernelSet* choose() {
#if defined(__x86_64__)
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx512 && avx2 && may_use_avx512()) return &avx512_kernels();
  if (avx2) return &avx2_kernels();
#endif
  return nullptr;
}

}  // namespace

const KernelSet* kernel_set() {
  static const KernelSet* const chosen = choose();
  return chosen;
}

}  // namespace edgeopt
