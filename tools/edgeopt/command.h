// A subcommand of the program: one file, one line in commands.def.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

namespace edgeopt::tool {

// Flags that every command has.
struct GlobalFlags {
  int verbose = 0;
  bool quiet = false;
  bool no_progress = false;
};

struct Command {
  const char* name;
  const char* summary;
  // Declares the flags; the returned function runs the command after parsing and gives the exit
  // status.
  std::function<int()> (*declare)(CLI::App& app, const GlobalFlags& global);
};

}  // namespace edgeopt::tool
