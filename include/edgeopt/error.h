// The one error type of edgeopt, and the exit status that each kind of error maps to.
#pragma once

#include <stdexcept>
#include <string>

namespace edgeopt {

// The numeric value is the exit status of the program.
enum class ErrorCode {
  kRequirement = 1,  // a gate or check was not met
  kUsage = 2,        // bad flags or option values
  kBadInput = 3,     // the model or the data is malformed
  kUnsupported = 4,  // well-formed, but not something edgeopt does
  kInternal = 70,    // a broken invariant: a defect of edgeopt
};

// Thrown by the library for every failure. The library never prints and never exits.
// `what()` is one line that names the file, node or flag, and the cure where one is known.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace edgeopt
