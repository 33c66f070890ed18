// Errors that name what they are about.
#pragma once

#include <new>
#include <stdexcept>
#include <string_view>

#include "base/format.h"

namespace edgeopt {

// Runs `function`. What it throws names describe() afterwards: an Error that does not do so already
// gets it in front, and want of memory becomes Error(kBadInput).
template <typename Describe, typename Function>
void blaming(Describe&& describe, Function&& function) {
  const auto no_memory = [&] {
    fail(ErrorCode::kBadInput, "{}: needs more memory than there is", describe());
  };
  try {
    function();
  } catch (const Error& error) {
    const std::string who = describe();
    if (std::string_view(error.what()).find(who) != std::string_view::npos) throw;
    fail(error.code(), "{}: {}", who, error.what());
  } catch (const std::bad_alloc&) {
    no_memory();
  } catch (const std::length_error&) {  // a vector beyond its max_size()
    no_memory();
  }
}

}  // namespace edgeopt
