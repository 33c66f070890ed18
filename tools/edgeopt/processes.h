// This program run several times over, each time as a process of its own.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace edgeopt::tool {

struct Process {
  std::vector<std::string> words;  // its command line, the program's name first
  std::string log;                 // file for its standard error; standard output is dropped
};

// Runs all of them, at most `jobs` at a time, in order of start. `done` is called as each ends with
// its index and exit status (128 + n: ended by signal n). The processes end when this one does.
// Throws Error(kInternal) when none can be started.
void run_processes(const std::vector<Process>& processes, int jobs,
                   const std::function<void(size_t index, int status)>& done);

// The files that match shell patterns, each once, in order. Throws Error(kUsage) naming a pattern
// that matches nothing.
std::vector<std::string> expand_globs(const std::vector<std::string>& patterns);

}  // namespace edgeopt::tool
