// The program: declares the subcommands, catches once, maps errors to exit statuses.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <new>
#include <string_view>

#include "base/file.h"
#include "base/format.h"
#include "base/log.h"
#include "base/memory.h"
#include "command.h"
#include "edgeopt/error.h"
#include "edgeopt/optimize.h"
#include "help_format.h"

namespace edgeopt::tool {

#define EDGEOPT_COMMAND(name) extern const Command command_##name;
#include "commands.def"
#undef EDGEOPT_COMMAND

namespace {

constexpr const Command* kCommands[] = {
#define EDGEOPT_COMMAND(name) &command_##name,
#include "commands.def"
#undef EDGEOPT_COMMAND
};

constexpr int kUsageStatus = 2;
constexpr int kInternalStatus = 70;

// Async-signal-safe: nothing half-written stays.
void stop(int signal) {
  remove_unfinished_files();
  std::_Exit(128 + signal);
}

void set_levels(const GlobalFlags& flags) {
  if (flags.quiet) {
    set_log_level(LogLevel::kError);
  } else if (flags.verbose > 0) {
    set_log_level(LogLevel::kDebug);
  }
}

// "edgeopt quantize", as far as it was given.
std::string called_name(const CLI::App& app) {
  const auto subs = app.get_subcommands();
  return subs.empty() ? app.get_name() : app.get_name() + " " + subs.front()->get_name();
}

// CLI11 would say only that a subcommand is missing.
void require_command(int argc, char** argv) {
  std::string names;
  for (const Command* command : kCommands) {
    if (argc > 1 && std::string_view(argv[1]) == command->name) return;
    names += (names.empty() ? "" : ", ") + std::string(command->name);
  }
  if (argc < 2) fail(ErrorCode::kUsage, "say a command: {}; see edgeopt --help", names);
  if (argv[1][0] == '-') return;
  fail(ErrorCode::kUsage, "there is no command '{}'; commands: {}", argv[1], names);
}

int parse_and_run(int argc, char** argv) {
  CLI::App app("Quantizes ONNX models for small devices, on the ONNX file itself", "edgeopt");
  app.formatter(help_format());
  app.set_version_flag("--version", std::string("edgeopt ") + version());
  app.require_subcommand(1);
  app.footer(
      "Exit status: 0 done; 1 a requirement was not met; 2 usage; 3 bad input; 4 unsupported; "
      "70 internal.\nEach command has examples in its own --help.");
  GlobalFlags global;
  std::vector<std::pair<CLI::App*, std::function<int()>>> runners;
  for (const Command* command : kCommands) {
    CLI::App* sub = app.add_subcommand(command->name, command->summary);
    runners.emplace_back(sub, command->declare(*sub, global));
    sub->add_flag("-v,--verbose", global.verbose, "Say more")->group("Messages");
    sub->add_flag("-q,--quiet", global.quiet, "Say errors only")->group("Messages");
    sub->add_flag("--no-progress", global.no_progress, "No progress bars on a terminal")
        ->group("Messages");
  }
  require_command(argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    fail(ErrorCode::kUsage, "{}; see {} --help", error.what(), called_name(app));
  }
  set_levels(global);
  for (const auto& [sub, run] : runners) {
    if (sub->parsed()) return run();
  }
  return kUsageStatus;
}

}  // namespace

int run_program(int argc, char** argv) {
  try {
    const int status = parse_and_run(argc, argv);
    std::cout.flush();
    if (!std::cout) {
      log_error("standard output cannot be written");
      return static_cast<int>(ErrorCode::kBadInput);
    }
    return status;
  } catch (const Error& error) {
    log_error(error.what());
    return static_cast<int>(error.code());
  } catch (const std::bad_alloc&) {
    log_error("not enough memory");
    return static_cast<int>(ErrorCode::kBadInput);
  } catch (const std::exception& error) {
    log_error(std::string("internal error: ") + error.what());
    return kInternalStatus;
  }
}

}  // namespace edgeopt::tool

int main(int argc, char** argv) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, edgeopt::tool::stop);
  edgeopt::share_heap();
  return edgeopt::tool::run_program(argc, argv);
}
