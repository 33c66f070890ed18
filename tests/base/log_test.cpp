#include "base/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace edgeopt {
namespace {

std::string logged(const std::string& message) {
  testing::internal::CaptureStderr();
  log_error(message);
  return testing::internal::GetCapturedStderr();
}

TEST(Log, WritesOneLineToStderr) {
  EXPECT_EQ(logged("model.onnx: is cut off"), "edgeopt: error: model.onnx: is cut off\n");
}

TEST(Log, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_EQ(logged("a\nb\rc\x1b[31m"), "edgeopt: error: a b c?[31m\n");
}

TEST(Log, LongMessagesKeepBothEnds) {
  const std::string line = logged("begin" + std::string(100'000, 'x') + "end");
  EXPECT_LT(line.size(), 1100U);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_NE(line.find("begin"), std::string::npos);
  EXPECT_TRUE(line.ends_with("end\n"));
}

TEST(Log, QuietLevelsAreNotWritten) {
  set_log_level(LogLevel::kOff);
  const std::string nothing = logged("x");
  set_log_level(LogLevel::kInfo);
  EXPECT_EQ(nothing, "");
}

}  // namespace
}  // namespace edgeopt
