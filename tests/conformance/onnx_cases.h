// The test cases of ONNX's own backend tests: a model, its inputs and the outputs expected.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "edgeopt/graph.h"
#include "edgeopt/tensor.h"

namespace edgeopt::test {

// Empty when the test data is not installed (Debian: libonnx-testdata). The environment variable
// EDGEOPT_ONNX_TEST_DATA names other data, of a newer ONNX for example.
std::filesystem::path onnx_test_data();

// kDiffers: not as the data has it, on purpose; see known_deviations().
enum class Verdict { kPassed, kFailed, kUnsupported, kDiffers };

struct CaseResult {
  std::string name;  // "node/test_abs"
  Verdict verdict = Verdict::kFailed;
  std::string why;                     // unless passed
  std::vector<std::string> operators;  // of the model, once each; "domain.Name" but for ONNX's own
  std::vector<std::string> unknown;    // those that edgeopt does not know
};

// How a case's outputs are made.
enum class Runner { kInterpreter, kEngine };

// Cases where ONNX's data goes its own way, and why edgeopt does not follow.
const std::map<std::string, std::string>& known_deviations();

// A case's model and its first set of inputs. Throws Error(kUnsupported) when some are no tensors.
struct LoadedCase {
  Model model;
  std::map<std::string, Tensor> feeds;
};
LoadedCase load_case(const std::filesystem::path& folder);

// The graph's outputs.
std::vector<Tensor> run_on(const Model& model, const std::map<std::string, Tensor>& feeds,
                           Runner runner);

CaseResult run_case(const std::filesystem::path& folder, Runner runner);

// Every case through the runner, once in a process. Empty without the data.
const std::vector<CaseResult>& case_results(Runner runner);

// All cases of the suites node, pytorch-converted, pytorch-operator and simple, sorted by name.
std::vector<std::filesystem::path> onnx_cases(const std::filesystem::path& data);

// Empty when `actual` equals `expected` as ONNX's backend tests compare: same type and shape;
// floats within 1e-3 relative and 1e-7 absolute; everything else exactly. Else the first
// difference.
std::string difference(const Tensor& actual, const Tensor& expected);

}  // namespace edgeopt::test
