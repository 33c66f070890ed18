// Lays out the memory of a plan: when each buffer is in use, what shares memory, where it lies.
#pragma once

#include "exec/engine_plan.h"

namespace edgeopt {

// Fills the lifetimes and offsets of plan.buffers and plan.arena_bytes. An output goes into the
// memory of an input that ends there when the kernel allows it. Buffers that are never in use at
// the same time share memory: the largest are placed first, each as low as it fits.
void lay_out_memory(Plan& plan);

}  // namespace edgeopt
