#include "support/program.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "support/paths.h"

namespace edgeopt::test {
namespace {

namespace fs = std::filesystem;

// A file of its own that is gone when the object is.
class TemporaryFile {
 public:
  TemporaryFile() : path_((fs::temp_directory_path() / "edgeopt_test_XXXXXX").string()) {
    const int descriptor = ::mkstemp(path_.data());
    if (descriptor >= 0) ::close(descriptor);
  }
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }
  std::string content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string path_;
};

void redirect(int descriptor, const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags);
  if (file < 0 || ::dup2(file, descriptor) < 0) std::_Exit(127);
  ::close(file);
}

void limit_processor_time(int seconds) {
  if (seconds <= 0) return;
  const auto limit = static_cast<rlim_t>(seconds);
  const rlimit limits{limit, limit};
  if (::setrlimit(RLIMIT_CPU, &limits) != 0) std::_Exit(127);
}

int wait_for(pid_t child, const std::function<bool()>& interrupt, size_t& peak_bytes) {
  int status = 0;
  bool sent = false;
  rusage used{};
  while (::wait4(child, &status, interrupt ? WNOHANG : 0, &used) == 0) {
    if (!sent && interrupt()) {
      ::kill(child, SIGINT);
      sent = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  peak_bytes = static_cast<size_t>(used.ru_maxrss) * 1024;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ProgramResult run_program(const std::vector<std::string>& arguments,
                          const ProgramOptions& options) {
  const TemporaryFile in;
  const TemporaryFile out;
  const TemporaryFile err;
  std::ofstream(in.path(), std::ios::binary) << options.input;
  const std::string program = (build_folder() / "edgeopt").string();
  std::vector<std::string> words = arguments;
  words.insert(words.begin(), program);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const std::string output_to = options.output_to.empty() ? out.path() : options.output_to.string();
  const std::string folder = options.folder.string();
  const pid_t child = ::fork();
  if (child == 0) {
    if (!folder.empty() && ::chdir(folder.c_str()) != 0) std::_Exit(127);
    limit_processor_time(options.cpu_seconds);
    redirect(STDIN_FILENO, in.path(), O_RDONLY);
    redirect(STDOUT_FILENO, output_to, O_WRONLY);
    redirect(STDERR_FILENO, err.path(), O_WRONLY);
    ::execv(program.c_str(), pointers.data());
    std::_Exit(127);
  }
  ProgramResult result;
  if (child > 0) result.status = wait_for(child, options.interrupt, result.peak_bytes);
  result.out = out.content();
  result.err = err.content();
  return result;
}

}  // namespace edgeopt::test
