// Accuracy and speed of a model over data, alone or against a reference; and single runs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "edgeopt/data.h"
#include "edgeopt/quantize.h"

namespace edgeopt {

struct EvaluateOptions {
  std::string model;
  std::string reference;  // a float model to compare with; empty: none
  DataSpec data;          // required
  InputShapes input_shapes;
  int threads = 0;
  bool profile = false;
  std::optional<double> min_top1;  // gates, per cent and dB
  std::optional<double> min_sqnr;
  std::optional<double> min_agreement;
  Progress progress;
};

struct NodeTime {
  std::string node;
  std::string op_type;
  double seconds = 0;  // of all runs and threads
  double gflops = 0;   // per second of one thread; 0 where nothing is multiplied
};

struct EvaluateResult {
  std::string model;
  std::string reference;
  std::string data;
  int64_t samples = 0;
  bool labelled = false;
  double top1 = 0;  // per cent
  double top5 = 0;
  double reference_top1 = 0;
  bool compared = false;  // the next three are known
  double agreement = 0;   // per cent, of the first output
  double sqnr_db = 0;     // of all outputs
  double max_abs = 0;
  double samples_per_second = 0;  // of the model alone: loading and decoding are not counted
  double seconds = 0;             // of everything
  std::vector<NodeTime> profile;
  std::string chrome_trace;  // with `profile`
  std::vector<std::string> unmet;
};

EvaluateResult evaluate(const EvaluateOptions& options);
std::string evaluate_json(const EvaluateResult& result);

struct RunOptions {
  std::string model;
  // Input name (empty: the only input) and file: .npy, .npz, .pb, raw float32, or an image with
  // `data`'s preprocessing.
  std::vector<std::pair<std::string, std::string>> inputs;
  DataSpec data;
  InputShapes input_shapes;
  int threads = 0;
  int64_t repeat = 1;  // runs, for timing
  bool profile = false;
  uint64_t seed = 0;  // of synthetic inputs when `inputs` is empty
};

struct RunResult {
  std::vector<std::pair<std::string, Tensor>> outputs;
  double seconds = 0;  // of one run, the fastest
  std::vector<NodeTime> profile;
  std::string chrome_trace;
};

RunResult run(const RunOptions& options);
// NumPy's .npy bytes of a tensor.
std::string npy_bytes(const Tensor& tensor);

}  // namespace edgeopt
