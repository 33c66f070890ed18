// edgeopt evaluate: accuracy and speed of a model, alone or against a reference.
#include "edgeopt/evaluate.h"

#include <iostream>

#include "base/decibels.h"
#include "base/file.h"
#include "base/format.h"
#include "command.h"
#include "common_flags.h"
#include "profile_table.h"
#include "progress.h"

namespace edgeopt::tool {
namespace {

struct Flags {
  EvaluateOptions options;
  std::string trace;
  bool json = false;
};

void print(const EvaluateResult& result, bool profile) {
  std::cout << format("{} on {}\n", result.model, result.data);
  if (result.labelled) {
    std::cout << format("top-1     {:.2f} %   top-5 {:.2f} %", result.top1, result.top5);
    if (result.compared) std::cout << format("   (reference {:.2f} %)", result.reference_top1);
    std::cout << "\n";
  }
  if (result.compared) {
    std::cout << format("against   {}\n", result.reference)
              << format("outputs   SQNR {}, same class {:.2f} %, largest difference {:.3g}\n",
                        decibels_with_unit(result.sqnr_db), result.agreement, result.max_abs);
  }
  std::cout << format(
      "speed     {:.1f} samples/s, loading not counted ({} samples, {:.2f} s in all)\n",
      result.samples_per_second, result.samples, result.seconds);
  if (profile) std::cout << "\n" << profile_table(result.profile);
}

int run(Flags& flags, const GlobalFlags& global) {
  flags.options.progress = make_progress(global);
  flags.options.profile = flags.options.profile || !flags.trace.empty();
  const EvaluateResult result = evaluate(flags.options);
  if (!flags.trace.empty()) write_file_atomically(flags.trace, result.chrome_trace);
  if (flags.json) {
    std::cout << evaluate_json(result) << "\n";
  } else {
    print(result, flags.options.profile);
  }
  if (result.unmet.empty()) return 0;
  fail(ErrorCode::kRequirement, "{}", fmt::join(result.unmet, "; "));
}

std::function<int()> declare(CLI::App& app, const GlobalFlags& global) {
  auto flags = std::make_shared<Flags>();
  EvaluateOptions& options = flags->options;
  app.add_option("model", options.model, "Model (.onnx), float or quantized (QDQ)")->required();
  app.add_option("--data", options.data.path, "Samples: folder, .tar, list, .npy, .npz, ...")
      ->type_name("PATH")
      ->required();
  app.add_option("--samples", options.data.limit, "At most this many, evenly spaced; 0: all");
  app.add_option("--reference", options.reference,
                 "Float model to compare with: SQNR, same class, largest difference")
      ->type_name("FILE");
  add_preprocessing_flags(app, options.data);
  add_input_shape_flag(app, options.input_shapes);
  add_threads_flag(app, options.threads);
  app.add_flag("--profile", options.profile, "Time and GFLOP/s of each node");
  app.add_option("--trace", flags->trace, "Write a Chrome trace (chrome://tracing) to this file")
      ->type_name("FILE");
  const std::string gates = "Gates (exit status 1 when not met)";
  app.add_option("--min-top1", options.min_top1, "Top-1 in per cent")->group(gates);
  app.add_option("--min-sqnr", options.min_sqnr, "SQNR against --reference in dB")->group(gates);
  app.add_option("--min-agreement", options.min_agreement, "Same class as --reference, per cent")
      ->group(gates);
  app.add_flag("--json", flags->json, "Print the result as JSON");
  app.footer(
      "Examples:\n"
      "  edgeopt evaluate model.onnx --data val/ --preset imagenet\n"
      "  edgeopt evaluate quantized/model.onnx --reference model.onnx --data val/ --min-sqnr 20");
  return [flags, &global] { return run(*flags, global); };
}

}  // namespace

extern const Command command_evaluate = {
    "evaluate", "Accuracy, agreement with a reference and speed over data", declare};

}  // namespace edgeopt::tool
