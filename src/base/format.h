// Text formatting: edgeopt::format("{} of {}", a, b), by libfmt.
#pragma once

#include <fmt/format.h>

#include <string>

#include "edgeopt/error.h"

namespace edgeopt {

using fmt::format;

// Throws Error(code) with the formatted message.
template <typename... Args>
[[noreturn]] void fail(ErrorCode code, fmt::format_string<Args...> text, Args&&... args) {
  throw Error(code, fmt::format(text, std::forward<Args>(args)...));
}

// Throws Error(kInternal) when a condition that edgeopt itself must keep does not hold.
inline void check(bool condition, const char* invariant) {
  if (!condition) throw Error(ErrorCode::kInternal, std::string("broken invariant: ") + invariant);
}

}  // namespace edgeopt
