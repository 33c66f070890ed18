// The options of `quantize`, as flags and as a recipe (TOML); `batch` uses them too.
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
  // The options after parsing: evaluation data is prepared like calibration data, the output folder
  // has its default.
  QuantizeOptions resolved() const;

  QuantizeOptions options;

 private:
  void declare_data(CLI::App& app);
  void declare_quantization(CLI::App& app);
  void declare_gates(CLI::App& app);
  std::vector<std::string> calibrator_options_;
};

}  // namespace edgeopt::tool
