// ONNX's own backend test cases, through the interpreter.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "conformance/onnx_cases.h"

namespace edgeopt {
namespace {

using test::CaseResult;
using test::Verdict;

// At least this many cases pass with ONNX 1.12's data.
constexpr size_t kPassedFloor = 960;

const std::vector<CaseResult>& results() {
  static const std::vector<CaseResult> all = [] {
    std::vector<CaseResult> made;
    const std::filesystem::path data = test::onnx_test_data();
    if (data.empty()) return made;
    for (const auto& folder : test::onnx_cases(data)) {
      made.push_back(test::run_case(folder, test::Runner::kInterpreter));
    }
    return made;
  }();
  return all;
}

size_t count(Verdict verdict) {
  size_t number = 0;
  for (const CaseResult& result : results()) number += result.verdict == verdict ? 1 : 0;
  return number;
}

TEST(OnnxBackend, NoCaseFailsAndMostPass) {
  if (test::onnx_test_data().empty()) GTEST_SKIP() << "ONNX's test data is not installed";
  std::map<std::string, size_t> unknown;
  for (const CaseResult& result : results()) {
    EXPECT_NE(result.verdict, Verdict::kFailed) << result.name << ": " << result.why;
    for (const std::string& op : result.unknown) ++unknown[op];
    if (result.verdict == Verdict::kUnsupported && result.unknown.empty()) {
      std::cout << "unsupported: " << result.name << ": " << result.why << "\n";
    }
  }
  std::cout << "unsupported operators:";
  for (const auto& [op, cases] : unknown) std::cout << " " << op << " (" << cases << ")";
  std::cout << "\npassed " << count(Verdict::kPassed) << ", failed " << count(Verdict::kFailed)
            << ", unsupported " << count(Verdict::kUnsupported) << ", different on purpose "
            << count(Verdict::kDiffers) << "\n";
  EXPECT_GE(count(Verdict::kPassed), kPassedFloor);
}

}  // namespace
}  // namespace edgeopt
