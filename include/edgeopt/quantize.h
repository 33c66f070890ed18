// The main job: an ONNX model and calibration data in; a quantized model for a target, its
// encodings and a report out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "edgeopt/data.h"

namespace edgeopt {

// Called as work proceeds: the step's name, what is done and the total. From one thread at a time.
using Progress = std::function<void(const std::string& step, int64_t done, int64_t total)>;

// The best over real models: docs/benchmarks.md, "Calibrators".
inline constexpr const char* kDefaultCalibrator = "sqnr";

struct QuantizeOptions {
  std::string model;          // path of the .onnx file
  std::string output_folder;  // made when missing
  std::string output_name;    // stem of the written files; empty: the model's
  std::string target = "onnxruntime";
  DataSpec calibration;  // empty path: synthetic inputs
  DataSpec evaluation;   // empty path: the calibration data, where it has labels
  InputShapes input_shapes;
  std::string calibrator = kDefaultCalibrator;
  std::map<std::string, std::string> calibrator_options;
  std::string weight_range =
      "narrow";  // "narrow": codes -127..127; "full": -128 too; "aimet": AIMET's use of -128
  int activation_bits = 8;
  int weight_bits = 8;
  bool per_channel = true;
  bool symmetric_activations = false;  // where the target lets one choose
  bool equalize = false;               // cross-layer equalization before quantizing
  bool quantize_tail = false;          // also what comes after the last layers
  std::vector<std::string> skipped;    // globs of node names that stay in float
  std::string encodings_version = "1.0.0";
  std::optional<double> max_drop;  // gate: top-1 points lost at most
  std::optional<double> min_sqnr;  // gate: output SQNR in dB at least
  uint64_t seed = 0;
  int threads = 0;  // 0: one for each core
  Progress progress;
};

struct PassReport {
  std::string name;
  int64_t changes = 0;
  double seconds = 0;
  std::optional<double> sqnr_db;  // outputs against the original model's, where that was checked
};

// A quantized activation: its simulated values against the float model's on the checked samples.
struct TensorReport {
  std::string name;  // tensor
  std::string node;  // that makes it; "input" for graph inputs
  std::string op_type;
  std::string grid;    // "uint8", "int8 symmetric", ...
  double minimum = 0;  // representable range
  double maximum = 0;
  double observed_minimum = 0;
  double observed_maximum = 0;
  double sqnr_db = 0;
};

// A quantized weight.
struct WeightReport {
  std::string name;
  std::string op_type;
  int64_t elements = 0;
  int bits = 8;
  int64_t channels = 1;  // number of scales
  double sqnr_db = 0;
};

struct AccuracyReport {
  std::string data;  // "300 images of 'val'"
  int64_t samples = 0;
  bool labelled = false;
  double top1_float = 0;  // per cent, as are the next three
  double top5_float = 0;
  double top1_quantized = 0;
  double top5_quantized = 0;
  double agreement = 0;  // same class as the float model, per cent; of the first output
  double sqnr_db = 0;    // of all outputs
};

struct QuantizeResult {
  std::string model;
  std::string target;
  std::string calibrator;
  std::string calibration;                   // "128 images of 'photos'"
  std::map<std::string, std::string> files;  // "model", "encodings", "report", "page" -> path
  int64_t bytes_before = 0;                  // of the files, external data included
  int64_t bytes_after = 0;
  int64_t quantized_nodes = 0;
  int64_t float_nodes = 0;  // nodes of the exported model that compute in float
  std::vector<PassReport> passes;
  std::vector<TensorReport> tensors;  // in graph order
  std::vector<WeightReport> weights;
  AccuracyReport accuracy;
  std::vector<std::string> notes;  // what a user should know: batch fixed, synthetic inputs, ...
  std::vector<std::string> unmet;  // gates that were not met
  double seconds = 0;              // of the whole work
  int threads = 0;                 // that it used
};

// Writes NAME.onnx and NAME.encodings.json into the output folder, each atomically.
// Throws Error; kRequirement when nothing could be quantized. Gates are reported in `unmet`, files
// are written anyway.
QuantizeResult quantize(const QuantizeOptions& options);

// The report as JSON text and as one self-contained HTML page.
std::string report_json(const QuantizeResult& result);
std::string report_html(const QuantizeResult& result);

}  // namespace edgeopt
