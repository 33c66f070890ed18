// The name of the JSON type, without its definition (see json.h).
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace edgeopt {
using Json = nlohmann::ordered_json;
}  // namespace edgeopt
