// Progress bars with time left, on standard error, only when that is a terminal.
#pragma once

#include "command.h"
#include "edgeopt/quantize.h"

namespace edgeopt::tool {

// An empty function when there is no terminal or the user does not want bars.
Progress make_progress(const GlobalFlags& flags);

// Terminal control: bold text where standard error or output is a terminal.
bool stdout_is_terminal();

}  // namespace edgeopt::tool
