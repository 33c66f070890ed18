#include "kernels/backend.h"

namespace edgeopt {

bool backend_is_faster() { return false; }

void single_threaded_kernels() {}

}  // namespace edgeopt
