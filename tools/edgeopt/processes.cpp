#include "processes.h"

#include <glob.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

#include "base/format.h"

namespace edgeopt::tool {
namespace {

pid_t start(const Process& process) {
  std::vector<std::string> words = process.words;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) fail(ErrorCode::kInternal, "a process could not be started");
  if (child > 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) std::_Exit(128 + SIGTERM);
  if (std::freopen(process.log.c_str(), "w", stderr) == nullptr ||
      std::freopen("/dev/null", "w", stdout) == nullptr) {
    std::_Exit(static_cast<int>(ErrorCode::kBadInput));
  }
  ::execv("/proc/self/exe", arguments.data());
  std::_Exit(static_cast<int>(ErrorCode::kInternal));
}

}  // namespace

void run_processes(const std::vector<Process>& processes, int jobs,
                   const std::function<void(size_t index, int status)>& done) {
  std::map<pid_t, size_t> running;
  size_t next = 0;
  while (next < processes.size() || !running.empty()) {
    while (next < processes.size() && running.size() < static_cast<size_t>(jobs)) {
      running[start(processes[next])] = next;
      ++next;
    }
    int status = 0;
    const pid_t child = ::wait(&status);
    if (child < 0 && errno == EINTR) continue;
    const auto found = running.find(child);
    if (found == running.end()) continue;
    const size_t index = found->second;
    running.erase(found);
    done(index, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  }
}

std::vector<std::string> expand_globs(const std::vector<std::string>& patterns) {
  std::vector<std::string> files;
  std::set<std::string> seen;
  for (const std::string& pattern : patterns) {
    glob_t found{};
    if (::glob(pattern.c_str(), 0, nullptr, &found) != 0) {
      fail(ErrorCode::kUsage, "{}: no file matches", pattern);
    }
    for (size_t i = 0; i < found.gl_pathc; ++i) {
      if (seen.insert(found.gl_pathv[i]).second) files.emplace_back(found.gl_pathv[i]);
    }
    ::globfree(&found);
  }
  return files;
}

}  // namespace edgeopt::tool
