// JSON, by nlohmann-json with keys in insertion order. Headers that only name the type include
// <nlohmann/json_fwd.hpp> through this file's sibling json_fwd.h.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace edgeopt {

using Json = nlohmann::ordered_json;

// As text, indented by one blank a level (-1: all in one line). Names from models and file systems
// may hold anything: what is not UTF-8 becomes U+FFFD.
inline std::string json_text(const Json& json, int indent = 1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace edgeopt
