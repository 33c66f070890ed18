// list_registered and version.
#include "base/format.h"
#include "data/data_source.h"
#include "edgeopt/optimize.h"
#include "ops/op.h"
#include "passes/pass.h"
#include "quant/calibrator.h"
#include "targets/target.h"

namespace edgeopt {
namespace {

std::vector<ListedOption> options_of(const std::vector<OptionSpec>& specs) {
  std::vector<ListedOption> options;
  for (const OptionSpec& spec : specs) {
    std::string help(spec.help);
    if (!spec.choices.empty()) help += format(" ({})", spec.choices);
    options.push_back({std::string(spec.name), std::string(spec.default_value), std::move(help)});
  }
  return options;
}

std::vector<Listed> passes() {
  std::vector<Listed> rows;
  for (const Pass* pass : all_passes()) {
    rows.push_back(
        {std::string(pass->name), std::string(pass->summary), options_of(pass->options)});
  }
  return rows;
}

std::vector<Listed> targets() {
  std::vector<Listed> rows;
  for (const Target* target : all_targets()) {
    rows.push_back({std::string(target->name), std::string(target->summary), {}});
  }
  return rows;
}

std::vector<Listed> calibrators() {
  std::vector<Listed> rows;
  for (const Calibrator* calibrator : all_calibrators()) {
    rows.push_back({std::string(calibrator->name), std::string(calibrator->summary),
                    options_of(calibrator->options)});
  }
  return rows;
}

std::string traits_text(const OpTraits& traits) {
  if (traits.weight_input >= 0) return "layer with weights, quantized";
  if (traits.quantizable) return "quantized";
  if (traits.data_movement) return "moves data, keeps its input's encoding";
  if (traits.joins_inputs) return "joins its inputs, which share one encoding";
  if (traits.shape_only) return "shapes and integers";
  return "float";
}

std::vector<Listed> ops() {
  std::vector<Listed> rows;
  for (const Operator* op : all_operators()) {
    const std::string domain = op->domain.empty() ? "" : std::string(op->domain) + ".";
    rows.push_back({domain + std::string(op->name), traits_text(op->traits), {}});
  }
  return rows;
}

std::vector<Listed> presets() {
  std::vector<Listed> rows;
  for (const Preset& preset : all_presets()) rows.push_back({preset.name, preset.summary, {}});
  return rows;
}

}  // namespace

std::vector<Listed> list_registered(const std::string& kind) {
  if (kind == "passes") return passes();
  if (kind == "targets") return targets();
  if (kind == "calibrators") return calibrators();
  if (kind == "ops") return ops();
  if (kind == "presets") return presets();
  fail(ErrorCode::kUsage, "nothing of kind '{}' is registered; kinds: {}", kind,
       "passes, targets, calibrators, ops, presets");
}

const char* version() { return EDGEOPT_VERSION; }

}  // namespace edgeopt
