// edgeopt quantize: the one-line path from a float model to what a device loads.
#include "edgeopt/quantize.h"

#include <algorithm>
#include <iostream>

#include "base/decibels.h"
#include "base/file.h"
#include "base/format.h"
#include "command.h"
#include "common_flags.h"
#include "edgeopt/error.h"
#include "progress.h"
#include "quantize_flags.h"
#include "text_table.h"

namespace edgeopt::tool {
namespace {

constexpr size_t kWorstShown = 5;

std::string size_line(const QuantizeResult& result) {
  const double ratio = result.bytes_before == 0 ? 0.0
                                                : 100.0 * static_cast<double>(result.bytes_after) /
                                                      static_cast<double>(result.bytes_before);
  return format("size      {} -> {} ({:.0f} %)\n", human_bytes(result.bytes_before),
                human_bytes(result.bytes_after), ratio);
}

std::string accuracy_lines(const AccuracyReport& accuracy) {
  if (accuracy.samples == 0) return "";
  std::string text;
  if (accuracy.labelled) {
    text += format("top-1     {:.2f} % -> {:.2f} %   top-5 {:.2f} % -> {:.2f} %   ({})\n",
                   accuracy.top1_float, accuracy.top1_quantized, accuracy.top5_float,
                   accuracy.top5_quantized, accuracy.data);
  }
  text += format("outputs   SQNR {}, same class {:.1f} %   (against float, {} samples)\n",
                 decibels_with_unit(accuracy.sqnr_db), accuracy.agreement, accuracy.samples);
  return text;
}

std::string worst_tensors(const QuantizeResult& result) {
  std::vector<const TensorReport*> worst;
  for (const TensorReport& tensor : result.tensors) worst.push_back(&tensor);
  const size_t shown = std::min(kWorstShown, worst.size());
  std::partial_sort(worst.begin(), worst.begin() + static_cast<std::ptrdiff_t>(shown), worst.end(),
                    [](const auto* a, const auto* b) { return a->sqnr_db < b->sqnr_db; });
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < shown; ++i) {
    rows.push_back({shortened(worst[i]->node, kNameLength), worst[i]->op_type,
                    decibels(worst[i]->sqnr_db),
                    format("{:.4g} .. {:.4g}", worst[i]->minimum, worst[i]->maximum)});
  }
  if (rows.empty()) return "";
  return "\nworst layers by SQNR\n" +
         text_table({{"layer"}, {"op"}, {"dB", true}, {"range", true}}, rows);
}

void print_summary(const QuantizeResult& result) {
  std::cout << format("{} -> {} ({})\n", result.model, result.files.at("model"), result.target)
            << size_line(result) << accuracy_lines(result.accuracy) << worst_tensors(result)
            << format("\nreport    {}\n", result.files.at("page"));
}

void write_reports(const QuantizeResult& result) {
  write_file_atomically(result.files.at("report"), report_json(result) + "\n");
  write_file_atomically(result.files.at("page"), report_html(result));
}

struct Flags {
  QuantizeFlags quantize;
  bool json = false;
};

int run(Flags& flags, const GlobalFlags& global) {
  QuantizeOptions options = flags.quantize.resolved();
  options.progress = make_progress(global);
  const QuantizeResult result = quantize(options);
  write_reports(result);
  if (flags.json) {
    std::cout << report_json(result) << "\n";
  } else if (!global.quiet) {
    print_summary(result);
  }
  if (result.unmet.empty()) return 0;
  fail(ErrorCode::kRequirement, "{}", fmt::join(result.unmet, "; "));
}

std::function<int()> declare(CLI::App& app, const GlobalFlags& global) {
  auto flags = std::make_shared<Flags>();
  flags->quantize.declare(app);
  app.add_flag("--json", flags->json, "Print the report as JSON on standard output");
  app.footer(
      "Examples:\n"
      "  edgeopt quantize model.onnx --calib photos/ --preset imagenet\n"
      "  edgeopt quantize model.onnx --calib train.tar --eval val/ --target qnn -o out\n"
      "  edgeopt quantize model.onnx --calib list.txt --max-drop 0.5 --json > report.json");
  return [flags, &global] { return run(*flags, global); };
}

}  // namespace

extern const Command command_quantize = {
    "quantize", "Quantize a model for a target, with a report of the accuracy kept", declare};

}  // namespace edgeopt::tool
