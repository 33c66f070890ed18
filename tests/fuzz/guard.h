// What a fuzzer lets pass: an Error that blames the input. Anything else is a finding.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "edgeopt/error.h"

namespace edgeopt::fuzz {

template <typename F>
void expect_no_defect(F&& function) {
  try {
    function();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kBadInput || error.code() == ErrorCode::kUnsupported ||
        error.code() == ErrorCode::kUsage || error.code() == ErrorCode::kRequirement) {
      return;
    }
    std::fprintf(stderr, "%s\n", error.what());
    std::abort();
  }
}

}  // namespace edgeopt::fuzz
