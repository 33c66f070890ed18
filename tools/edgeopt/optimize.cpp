// edgeopt optimize: any list of passes, spelled out.
#include "edgeopt/optimize.h"

#include <iostream>

#include "base/decibels.h"
#include "base/format.h"
#include "base/json.h"
#include "command.h"
#include "common_flags.h"
#include "progress.h"
#include "recipe.h"
#include "text_table.h"

namespace edgeopt::tool {
namespace {

struct Flags {
  OptimizeOptions options;
  std::string recipe;
  bool json = false;
};

int run(CLI::App& app, Flags& flags, const GlobalFlags& global) {
  apply_recipe(app, flags.recipe);
  if (flags.options.passes.empty()) {
    fail(ErrorCode::kUsage, "--passes is required (on the command line or in --recipe)");
  }
  flags.options.progress = make_progress(global);
  const OptimizeResult result = optimize(flags.options);
  if (flags.json) {
    Json passes = Json::array();
    for (const PassReport& pass : result.passes) {
      passes.push_back({{"name", pass.name}, {"changes", pass.changes}, {"seconds", pass.seconds}});
      if (pass.sqnr_db) passes.back()["sqnr_db"] = *pass.sqnr_db;
    }
    const Json report{{"model", flags.options.model},
                      {"output", flags.options.output},
                      {"nodes_before", result.nodes_before},
                      {"nodes_after", result.nodes_after},
                      {"passes", std::move(passes)}};
    std::cout << json_text(report) << "\n";
    return 0;
  }
  std::vector<std::vector<std::string>> rows;
  for (const PassReport& pass : result.passes) {
    rows.push_back({pass.name, format("{}", pass.changes), format("{:.1f}", pass.seconds * 1e3),
                    pass.sqnr_db ? decibels(*pass.sqnr_db) : ""});
  }
  std::vector<Column> columns{{"pass"}, {"changes", true}, {"ms", true}};
  if (flags.options.check_each) {
    columns.push_back({"outputs dB", true});
  } else {
    for (auto& row : rows) row.pop_back();
  }
  std::cout << text_table(columns, rows)
            << format("nodes {} -> {}\n", result.nodes_before, result.nodes_after);
  return 0;
}

std::function<int()> declare(CLI::App& app, const GlobalFlags& global) {
  auto flags = std::make_shared<Flags>();
  OptimizeOptions& options = flags->options;
  app.add_option("model", options.model, "Model (.onnx)")->required();
  app.add_option("-o,--output", options.output, "File to write (default: nothing is written)")
      ->type_name("FILE");
  app.add_option("--passes", options.passes,
                 "Passes in order: name,name{option=value},...; `edgeopt list passes` shows them")
      ->type_name("LIST");
  add_recipe_flag(app, flags->recipe);
  app.add_flag("--check-each", options.check_each,
               "After each pass compare the outputs with the original's");
  app.add_option("--target", options.target, "Target of the quantizing passes")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--calibrator", options.calibrator, "Calibrator of the pass calibrate")
      ->type_name("NAME")
      ->capture_default_str();
  options.calibration.limit = 128;
  app.add_option("--calib", options.calibration.path, "Data for passes that need some")
      ->type_name("PATH");
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
  return [flags, &app, &global] { return run(app, *flags, global); };
}

}  // namespace

extern const Command command_optimize = {"optimize", "Run any list of passes over a model",
                                         declare};

}  // namespace edgeopt::tool
