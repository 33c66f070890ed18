#include <utility>

#include "kernels/tiled/kernel_set.h"
#include "kernels/tiled/lanes_avx512.h"
// The lanes come before what is written in terms of them.
#include "kernels/tiled/kernels.h"

namespace edgeopt {

const KernelSet& avx512_kernels() { return kKernels; }

}  // namespace edgeopt
