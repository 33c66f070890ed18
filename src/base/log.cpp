#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <string>

namespace edgeopt {
namespace {

std::atomic<void (*)()> interlude{nullptr};

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("edgeopt",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("edgeopt: %^%l%$: %v");
    made->set_level(spdlog::level::info);
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *instance;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kOff: break;
  }
  return spdlog::level::off;
}

// Names from models and file systems may hold anything: a message stays one line of sensible
// length.
std::string one_line(std::string_view message) {
  constexpr size_t kLongest = 1000;
  constexpr std::string_view kGap = " [...] ";
  std::string line;
  for (const char c : message) {
    if (c == '\n' || c == '\r' || c == '\t') {
      line += ' ';
    } else {
      line += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
    }
  }
  if (line.size() <= kLongest) return line;
  return line.substr(0, kLongest / 2).append(kGap).append(line, line.size() - kLongest / 2);
}

void write(LogLevel level, std::string_view message) {
  if (!logger().should_log(to_spdlog(level))) return;
  if (auto* before = interlude.load()) before();
  logger().log(to_spdlog(level), "{}", one_line(message));
}

}  // namespace

void set_log_level(LogLevel level) { logger().set_level(to_spdlog(level)); }

LogLevel log_level() {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (logger().should_log(to_spdlog(level))) return level;
  }
  return LogLevel::kOff;
}

void log_debug(std::string_view message) { write(LogLevel::kDebug, message); }
void log_info(std::string_view message) { write(LogLevel::kInfo, message); }
void log_warning(std::string_view message) { write(LogLevel::kWarning, message); }
void log_error(std::string_view message) { write(LogLevel::kError, message); }

void set_log_interlude(void (*before_line)()) { interlude.store(before_line); }

}  // namespace edgeopt
