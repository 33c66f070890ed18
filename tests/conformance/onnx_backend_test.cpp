// ONNX's own backend test cases, through the interpreter and through the engine.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "conformance/onnx_cases.h"

namespace edgeopt {
namespace {

using test::CaseResult;
using test::Runner;
using test::Verdict;

// So many cases pass at least with ONNX 1.12's data. The engine plans shapes before it sees data,
// so cases whose shapes are inputs are not for it.
constexpr size_t kInterpreterFloor = 973;
constexpr size_t kEngineFloor = 932;

class OnnxBackend : public testing::TestWithParam<Runner> {
 protected:
  size_t count(Verdict verdict) const {
    size_t number = 0;
    for (const CaseResult& result : test::case_results(GetParam())) {
      number += result.verdict == verdict ? 1 : 0;
    }
    return number;
  }
};

TEST_P(OnnxBackend, NoCaseFailsAndMostPass) {
  if (test::onnx_test_data().empty()) GTEST_SKIP() << "ONNX's test data is not installed";
  std::map<std::string, size_t> unknown;
  for (const CaseResult& result : test::case_results(GetParam())) {
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
  EXPECT_GE(count(Verdict::kPassed),
            GetParam() == Runner::kInterpreter ? kInterpreterFloor : kEngineFloor);
}

INSTANTIATE_TEST_SUITE_P(, OnnxBackend, testing::Values(Runner::kInterpreter, Runner::kEngine),
                         [](const testing::TestParamInfo<Runner>& runner) {
                           return runner.param == Runner::kInterpreter ? "Interpreter" : "Engine";
                         });

}  // namespace
}  // namespace edgeopt
