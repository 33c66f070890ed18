#include "kernels/backend.h"

namespace edgeopt {

bool backend_is_faster() { return false; }

bool may_use_avx512() { return true; }

void single_threaded_kernels() {}

}  // namespace edgeopt
