// Runs the built program as a user does.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace edgeopt::test {

struct ProgramOptions {
  std::string input;                // standard input
  std::filesystem::path folder;     // working directory; empty: the current one
  std::filesystem::path output_to;  // standard output goes to this file: "/dev/full"
  std::function<bool()> interrupt;  // asked again and again; SIGINT is sent once it says true
  int cpu_seconds = 0;              // of processor time, then SIGXCPU ends it; 0: no limit
};

struct ProgramResult {
  int status = -1;  // exit status; 128 + n: ended by signal n
  std::string out;
  std::string err;
  size_t peak_bytes = 0;  // resident memory at its highest
};

// `arguments` without the program's name. Standard error is no terminal.
ProgramResult run_program(const std::vector<std::string>& arguments,
                          const ProgramOptions& options = {});

}  // namespace edgeopt::test
