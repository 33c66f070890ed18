#include "quantize_flags.h"

#include "base/format.h"
#include "common_flags.h"
#include "edgeopt/optimize.h"
#include "recipe.h"

namespace edgeopt::tool {
namespace {

std::vector<std::string> names_of(const char* kind) {
  std::vector<std::string> names;
  for (const Listed& row : list_registered(kind)) names.push_back(row.name);
  return names;
}

}  // namespace

void QuantizeFlags::declare(CLI::App& app, bool with_model) {
  if (with_model) app.add_option("model", options.model, "Float model (.onnx)")->required();
  app.add_option("-o,--output", options.output_folder,
                 "Folder for NAME.onnx, NAME.encodings.json and NAME.report.* (default: quantized)")
      ->type_name("FOLDER");
  app.add_option("--target", options.target, "What the result is for")
      ->check(CLI::IsMember(names_of("targets")))
      ->capture_default_str();
  app_ = &app;
  add_recipe_flag(app, recipe);
  declare_data(app);
  declare_quantization(app);
  declare_gates(app);
  add_input_shape_flag(app, options.input_shapes);
  add_threads_flag(app, options.threads);
}

void QuantizeFlags::declare_data(CLI::App& app) {
  const std::string group = "Data";
  app.add_option("--calib", options.calibration.path,
                 "Calibration data: folder, .tar, list, .npy, .npz, input_list.txt (default: "
                 "synthetic inputs)")
      ->type_name("PATH")
      ->group(group);
  options.calibration.limit = 128;
  app.add_option("--samples", options.calibration.limit,
                 "Calibrate with at most this many samples, evenly spaced; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str()
      ->group(group);
  app.add_option("--eval", options.evaluation.path,
                 "Labelled data for accuracy before and after (default: --calib, if labelled)")
      ->type_name("PATH")
      ->group(group);
  app.add_option("--eval-samples", options.evaluation.limit, "At most this many; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  app.add_option("--seed", options.seed, "Seed of synthetic inputs")->group(group);
  add_preprocessing_flags(app, options.calibration);
}

void QuantizeFlags::declare_quantization(CLI::App& app) {
  const std::string group = "Quantization";
  app.add_option("--calibrator", options.calibrator, "How ranges are found")
      ->check(CLI::IsMember(names_of("calibrators")))
      ->capture_default_str()
      ->group(group);
  app.add_option("--calibrator-option", calibrator_options_,
                 "NAME=VALUE; `edgeopt list calibrators` shows them (repeatable)")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--activation-bits", options.activation_bits, "Bits of activations")
      ->check(CLI::IsMember({8, 16}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--weight-bits", options.weight_bits, "Bits of weights")
      ->check(CLI::IsMember({2, 3, 4, 5, 6, 7, 8, 16}))
      ->capture_default_str()
      ->group(group);
  app.add_flag("!--per-tensor", options.per_channel, "One scale for each weight tensor")
      ->group(group);
  app.add_flag("--symmetric-activations", options.symmetric_activations,
               "Zero point in the middle of the grid")
      ->group(group);
  app.add_option("--weight-range", options.weight_range,
                 "Codes of weights: narrow is -127..127; full has -128 too, as aimet has")
      ->check(CLI::IsMember({"narrow", "full", "aimet"}))
      ->capture_default_str()
      ->group(group);
  app.add_flag("--equalize", options.equalize, "Cross-layer equalization first")->group(group);
  app.add_flag("--quantize-tail", options.quantize_tail,
               "Quantize what comes after the last layers too (detector decoding, softmax)")
      ->group(group);
  app.add_option("--skip", options.skipped, "Glob of node names that stay in float (repeatable)")
      ->type_name("GLOB")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--encodings-version", options.encodings_version, "Schema of the encodings JSON")
      ->check(CLI::IsMember({"0.6.1", "1.0.0", "2.0.0"}))
      ->capture_default_str()
      ->group(group);
}

void QuantizeFlags::declare_gates(CLI::App& app) {
  const std::string group = "Gates (exit status 1 when not met)";
  app.add_option("--max-drop", options.max_drop, "Top-1 points that may be lost")->group(group);
  app.add_option("--min-sqnr", options.min_sqnr, "Output SQNR in dB")->group(group);
}

QuantizeOptions QuantizeFlags::resolved() {
  apply_recipe(*app_, recipe);
  QuantizeOptions result = options;
  if (result.output_folder.empty()) result.output_folder = "quantized";
  const DataSpec evaluation = result.evaluation;
  result.evaluation = result.calibration;
  result.evaluation.path = evaluation.path;
  result.evaluation.limit = evaluation.limit;
  for (const std::string& pair : calibrator_options_) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos) {
      fail(ErrorCode::kUsage, "--calibrator-option {}: must be NAME=VALUE", pair);
    }
    result.calibrator_options[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return result;
}

}  // namespace edgeopt::tool
