// Constants that nothing reads.
#pragma once

#include <cstdint>

#include "edgeopt/graph.h"

namespace edgeopt {

// Removes constants without uses, also from the graph inputs where they are listed. Returns how
// many.
int64_t remove_unused_constants(Graph& graph);

}  // namespace edgeopt
