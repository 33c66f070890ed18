// Logging to stderr. The library logs what a user should know; results are returned, never printed.
#pragma once

#include <string_view>

namespace edgeopt {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

void set_log_level(LogLevel level);
LogLevel log_level();
void log_debug(std::string_view message);
void log_info(std::string_view message);
void log_warning(std::string_view message);
void log_error(std::string_view message);

// Called around a log line so that a progress bar on the same terminal can step aside; nullptr:
// nothing.
void set_log_interlude(void (*before_line)());

}  // namespace edgeopt
