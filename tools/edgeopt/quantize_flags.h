// The options of `quantize`, as flags and as a recipe; `batch` checks its recipe with them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "edgeopt/quantize.h"

namespace edgeopt::tool {

class QuantizeFlags {
 public:
  // `with_model`: MODEL is a positional argument.
  void declare(CLI::App& app, bool with_model = true);
  // The options after parsing, the recipe's included: evaluation data is prepared like calibration
  // data, the output folder has its default.
  QuantizeOptions resolved();

  QuantizeOptions options;
  std::string recipe;

 private:
  void declare_data(CLI::App& app);
  void declare_quantization(CLI::App& app);
  void declare_gates(CLI::App& app);
  CLI::App* app_ = nullptr;
  std::vector<std::string> calibrator_options_;
};

}  // namespace edgeopt::tool
