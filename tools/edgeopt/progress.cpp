#include "progress.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <mutex>

#include "base/format.h"
#include "base/log.h"

namespace edgeopt::tool {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kWidth = 30;
constexpr auto kInterval = std::chrono::milliseconds(100);

// Log lines and the bar share the terminal: a log line first wipes the bar.
void wipe_line() { std::fputs("\r\033[K", stderr); }

class Bar {
 public:
  ~Bar() {
    if (drawn_) wipe_line();
    set_log_interlude(nullptr);
  }

  void update(const std::string& step, int64_t done, int64_t total) {
    const auto now = Clock::now();
    if (step != step_) {
      step_ = step;
      started_ = now;
      last_ = {};
    }
    if (done >= total) {
      if (drawn_) wipe_line();
      drawn_ = false;
      return;
    }
    if (now - last_ < kInterval) return;
    last_ = now;
    draw(done, total, std::chrono::duration<double>(now - started_).count());
  }

 private:
  void draw(int64_t done, int64_t total, double elapsed) {
    const auto filled = static_cast<size_t>(kWidth * done / std::max<int64_t>(total, 1));
    std::string text = format("\r\033[K{:<18} [{}{}] {}/{}", step_, std::string(filled, '#'),
                              std::string(kWidth - filled, '.'), done, total);
    if (done > 0) {
      const double left = elapsed * static_cast<double>(total - done) / static_cast<double>(done);
      text += format("  {:.0f} s left", left);
    }
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
    if (!drawn_) set_log_interlude(wipe_line);
    drawn_ = true;
  }

  std::string step_;
  Clock::time_point started_;
  Clock::time_point last_;
  bool drawn_ = false;
};

}  // namespace

Progress make_progress(const GlobalFlags& flags) {
  if (flags.quiet || flags.no_progress || ::isatty(STDERR_FILENO) == 0) return {};
  auto bar = std::make_shared<Bar>();
  return [bar](const std::string& step, int64_t done, int64_t total) {
    bar->update(step, done, total);
  };
}

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) != 0; }

}  // namespace edgeopt::tool
