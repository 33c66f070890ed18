// edgeopt optimize: any list of passes, spelled out.
#include "edgeopt/optimize.h"

#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "command.h"
#include "common_flags.h"
#include "progress.h"
#include "text_table.h"

namespace edgeopt::tool {
namespace {

struct Flags {
  OptimizeOptions options;
  bool json = false;
};

int run(Flags& flags, const GlobalFlags& global) {
  flags.options.progress = make_progress(global);
  const OptimizeResult result = optimize(flags.options);
  if (flags.json) {
    Json passes = Json::array();
    for (const PassReport& pass : result.passes) {
      passes.push_back({{"name", pass.name}, {"changes", pass.changes}, {"seconds", pass.seconds}});
    }
    const Json report{{"model", flags.options.model},
                      {"output", flags.options.output},
                      {"nodes_before", result.nodes_before},
                      {"nodes_after", result.nodes_after},
                      {"passes", std::move(passes)}};
    std::cout << report.dump(1) << "\n";
    return 0;
  }
  std::vector<std::vector<std::string>> rows;
  for (const PassReport& pass : result.passes) {
    rows.push_back({pass.name, format("{}", pass.changes), format("{:.1f}", pass.seconds * 1e3)});
  }
  std::cout << text_table({{"pass"}, {"changes", true}, {"ms", true}}, rows)
            << format("nodes {} -> {}\n", result.nodes_before, result.nodes_after);
  return 0;
}

std::function<int()> declare(CLI::App& app, const GlobalFlags& global) {
  auto flags = std::make_shared<Flags>();
  OptimizeOptions& options = flags->options;
  app.add_option("model", options.model, "Model (.onnx)")->required();
  app.add_option("-o,--output", options.output, "File to write (default: nothing is written)");
  app.add_option("--passes", options.passes,
                 "Passes in order: name,name{option=value},...; `edgeopt list passes` shows them")
      ->required();
  app.add_flag("--check-each", options.check_each,
               "After each pass compare the outputs with the original's");
  app.add_option("--target", options.target, "Target of the quantizing passes")
      ->capture_default_str();
  app.add_option("--calibrator", options.calibrator, "Calibrator of the pass calibrate");
  options.calibration.limit = 128;
  app.add_option("--calib", options.calibration.path, "Data for passes that need some");
  app.add_option("--samples", options.calibration.limit, "At most this many samples; 0: all")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of synthetic inputs");
  add_preprocessing_flags(app, options.calibration);
  add_input_shape_flag(app, options.input_shapes);
  add_threads_flag(app, options.threads);
  app.add_flag("--json", flags->json, "Print the result as JSON");
  app.footer(
      "Examples:\n"
      "  edgeopt optimize model.onnx --passes fold-constants,fold-batch-norm -o folded.onnx\n"
      "  edgeopt optimize model.onnx --passes 'canonicalize,equalize-layers' --check-each");
  return [flags, &global] { return run(*flags, global); };
}

}  // namespace

extern const Command command_optimize = {"optimize", "Run any list of passes over a model",
                                         declare};

}  // namespace edgeopt::tool
