// The passes of `edgeopt quantize`, as text.
#pragma once

#include <string>

#include "edgeopt/quantize.h"

namespace edgeopt {

// A list for parse_pass_list, with the reason for each line's place.
std::string default_pipeline(const QuantizeOptions& options);

}  // namespace edgeopt
