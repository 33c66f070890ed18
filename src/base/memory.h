// How much memory there is.
#pragma once

#include <cstddef>

namespace edgeopt {

// Of the machine, or of the control group (container) where that has less.
size_t memory_of_machine();

}  // namespace edgeopt
