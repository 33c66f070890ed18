// Steps that only move elements, one behind the other, become one: Slices into a Concat, a Concat
// into another layout.
#pragma once

#include "exec/engine_plan.h"

namespace edgeopt {

// Call before memory is laid out.
void join_moves(Plan& plan);

}  // namespace edgeopt
