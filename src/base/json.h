// JSON, by nlohmann-json with keys in insertion order. Headers that only name the type include
// <nlohmann/json_fwd.hpp> through this file's sibling json_fwd.h.
#pragma once

#include <nlohmann/json.hpp>

namespace edgeopt {
using Json = nlohmann::ordered_json;
}  // namespace edgeopt
