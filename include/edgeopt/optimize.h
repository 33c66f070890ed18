// Any list of passes over a model; and what is registered.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "edgeopt/data.h"
#include "edgeopt/quantize.h"

namespace edgeopt {

struct OptimizeOptions {
  std::string model;
  std::string output;  // path of the written model; empty: nothing is written
  std::string passes;  // "fold-batch-norm,equalize-layers{iterations=2}"
  std::string target = "onnxruntime";
  std::string calibrator = kDefaultCalibrator;
  DataSpec calibration;
  InputShapes input_shapes;
  bool check_each = false;  // compare outputs with the original's after each pass
  uint64_t seed = 0;
  int threads = 0;
  Progress progress;
};

struct OptimizeResult {
  int64_t nodes_before = 0;
  int64_t nodes_after = 0;
  std::vector<PassReport> passes;
};

// Throws Error(kRequirement) naming the pass when `check_each` finds a drift.
OptimizeResult optimize(const OptimizeOptions& options);

// Rows of `edgeopt list`: "passes", "targets", "calibrators", "ops", "presets".
struct ListedOption {
  std::string name;
  std::string default_value;
  std::string help;
};
struct Listed {
  std::string name;
  std::string summary;
  std::vector<ListedOption> options;
};
// Throws Error(kUsage) listing the kinds when `kind` is none of them.
std::vector<Listed> list_registered(const std::string& kind);

// "0.1.0"
const char* version();

}  // namespace edgeopt
