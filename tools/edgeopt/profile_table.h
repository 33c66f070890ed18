// Time per node, slowest first.
#pragma once

#include <string>
#include <vector>

#include "edgeopt/evaluate.h"

namespace edgeopt::tool {

std::string profile_table(std::vector<NodeTime> profile);

}  // namespace edgeopt::tool
