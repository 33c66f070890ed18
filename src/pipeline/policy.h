// The target's placement and grids, as changed by the user's options.
#pragma once

#include "edgeopt/quantize.h"
#include "targets/target.h"

namespace edgeopt {

// Throws Error(kUsage) for values out of range, Error(kUnsupported) for what the target cannot run.
QuantPolicy policy_for(const QuantizeOptions& options, const Target& target);

}  // namespace edgeopt
