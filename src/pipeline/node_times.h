// An engine's profile as results show it.
#pragma once

#include <vector>

#include "edgeopt/evaluate.h"
#include "exec/engine.h"

namespace edgeopt {

std::vector<NodeTime> node_times(const Engine& engine);

}  // namespace edgeopt
