// A pass: one step of the pipeline over the model and the quantization table.
//
// A pass is one file `passes/NAME.cpp`, one line in `passes.def`, one test. Its record is the only
// place where its name, summary and options stand; flags, --help, recipes, docs and sweep tests
// derive from it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "data/data_source.h"
#include "edgeopt/graph.h"
#include "edgeopt/quantize.h"
#include "quant/table.h"
#include "targets/target.h"

namespace edgeopt {

// What passes share in one run.
struct PassContext {
  uint64_t seed = 0;
  int threads = 0;                            // 0: one for each core
  const DataSource* calibration = nullptr;    // nullptr: passes that need data fail with kUsage
  const Target* target = nullptr;             // never nullptr when quantizing
  QuantPolicy policy;                         // the target's, as changed by the user's options
  std::map<std::string, Shape> input_shapes;  // --input-shape
  std::string calibrator = kDefaultCalibrator;
  std::map<std::string, std::string> calibrator_options;
  std::vector<std::string> skipped;                           // node name globs that stay in float
  std::function<void(int64_t done, int64_t total)> progress;  // may be empty
};

struct Pass {
  std::string_view name;  // kebab-case; the file is the same in snake_case
  std::string_view summary;
  std::vector<OptionSpec> options;
  // Returns the number of changes; zero means that model and table are untouched.
  int64_t (*run)(Model& model, QuantTable& table, PassContext& context,
                 const OptionValues& options);
  // What a second run changes: nothing. False for passes that say otherwise.
  bool idempotent = true;
  // Outputs stay equal up to float rounding (checked by the sweep test and by --check-each).
  bool preserves_outputs = true;
};

const Pass* find_pass(std::string_view name);
std::span<const Pass* const> all_passes();

}  // namespace edgeopt
