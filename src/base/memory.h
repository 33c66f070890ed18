// The memory of the machine and of the process.
#pragma once

#include <cstddef>

namespace edgeopt {

// Of the machine, or of the control group (container) where that has less.
size_t memory_of_machine();

// One heap for all threads instead of one for each: what a thread gives back serves all. For
// programs that allocate little while they compute. Call before there are threads.
void share_heap();

}  // namespace edgeopt
