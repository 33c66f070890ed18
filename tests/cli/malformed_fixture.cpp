#include "cli/malformed_fixture.h"

#include <algorithm>

namespace edgeopt::test {
namespace {

// Far above what any of these runs takes, the sanitizers' share included, and far below what the
// shapes in them ask for.
constexpr size_t kMostBytes = size_t{1} << 30;
constexpr int kMostSeconds = 60;

}  // namespace

int MalformedTest::survive(const std::vector<std::string>& arguments, std::string* message) {
  const std::vector<std::string> before = files();
  ProgramOptions options;
  options.cpu_seconds = kMostSeconds;
  std::vector<std::string> words = arguments;
  words.emplace_back("-q");
  const ProgramResult result = edgeopt(words, options);
  EXPECT_LT(result.peak_bytes, kMostBytes);
  if (result.status == 0) {
    std::filesystem::remove_all(folder_ / "out");
    return 0;
  }
  EXPECT_TRUE(result.status == 3 || result.status == 4) << result.status << ": " << result.err;
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  EXPECT_TRUE(result.err.starts_with("edgeopt: error: ")) << result.err;
  EXPECT_EQ(files(), before) << result.err;
  if (message != nullptr) *message = result.err;
  return result.status;
}

void MalformedTest::expect_refused(const std::vector<std::string>& arguments,
                                   const std::string& named) {
  std::string message;
  EXPECT_NE(survive(arguments, &message), 0) << "it is not refused";
  EXPECT_NE(message.find(named), std::string::npos) << message;
}

std::vector<std::vector<std::string>> MalformedTest::uses_of_model(const std::string& file) {
  return {{"inspect", file},
          {"run", file, "-o", "out"},
          {"quantize", file, "-o", "out"},
          {"optimize", file, "--passes", "fold-constants,canonicalize,fold-batch-norm", "-o",
           "out/folded.onnx"}};
}

}  // namespace edgeopt::test
