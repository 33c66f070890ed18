// optimize(): any list of passes over a model.
#include "edgeopt/optimize.h"

#include <filesystem>

#include "base/file.h"
#include "base/format.h"
#include "base/log.h"
#include "exec/metrics.h"
#include "onnx/model_io.h"
#include "passes/quantizers.h"
#include "pipeline/compare.h"
#include "pipeline/pass_list.h"
#include "pipeline/policy.h"
#include "pipeline/prepare.h"
#include "pipeline/runner.h"

namespace edgeopt {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kSyntheticSamples = 32;
constexpr int64_t kCheckedSamples = 4;
// Sums in another order leave about 120 dB; a wrong weight leaves less than 60.
constexpr double kEqualDecibels = 80;

class OptimizeJob {
 public:
  explicit OptimizeJob(const OptimizeOptions& options)
      : options_(options),
        target_(target_named(options.target)),
        steps_(parse_pass_list(options.passes)) {}

  OptimizeResult run() {
    check_output();
    model_ = load_executable(options_.model, options_.input_shapes);
    result_.nodes_before = live_nodes(model_);
    prepare_context();
    AfterPass after;
    if (options_.check_each) {
      after = [this](const Pass& pass, PassReport& report) { compare(pass, report); };
    }
    result_.passes = run_passes(model_, table_, context_, steps_, options_.progress, after);
    const Model finished = lowered();
    result_.nodes_after = live_nodes(finished);
    if (!options_.output.empty()) {
      make_folder(fs::path(options_.output).parent_path());
      save_model(finished, options_.output);
    }
    return std::move(result_);
  }

 private:
  static int64_t live_nodes(const Model& model) {
    return static_cast<int64_t>(model.graph.topological_order().size());
  }

  void check_output() const {
    if (steps_.empty()) fail(ErrorCode::kUsage, "--passes names no pass");
    std::error_code ignored;
    if (!options_.output.empty() && fs::equivalent(options_.output, options_.model, ignored)) {
      fail(ErrorCode::kUsage, "{}: the result would overwrite the model; choose another file",
           options_.model);
    }
  }

  void prepare_context() {
    QuantizeOptions defaults;
    defaults.target = options_.target;
    context_.seed = options_.seed;
    context_.threads = options_.threads;
    context_.target = &target_;
    context_.policy = policy_for(defaults, target_);
    context_.input_shapes = options_.input_shapes;
    context_.calibrator = options_.calibrator;
    const bool wants_data = options_.check_each || !options_.calibration.path.empty() ||
                            std::any_of(steps_.begin(), steps_.end(), [](const PassStep& s) {
                              return s.pass->name == "calibrate";
                            });
    if (!wants_data) return;
    const std::vector<InputSpec> specs = input_specs(model_, options_.input_shapes);
    if (!options_.calibration.path.empty()) {
      data_ = open_samples(options_.calibration, specs);
    } else {
      data_ = synthetic_data(specs, kSyntheticSamples, options_.seed);
      log_info(format("no --calib: {}", data_->describe()));
    }
    context_.calibration = data_.get();
  }

  // The outputs as they are now, simulated where encodings are known, against the original's.
  void compare(const Pass& pass, PassReport& report) {
    if (!original_) {
      original_ = std::make_unique<Model>(load_executable(options_.model, options_.input_shapes));
    }
    EngineOptions engine;
    engine.threads = options_.threads;
    engine.input_shapes = options_.input_shapes;
    Engine reference(original_->graph, original_->opset(), engine);
    QuantTable ready;
    for (const auto& [key, encoding] : table_) {
      if (encoding.ready()) ready.emplace(key, encoding);
    }
    engine.table = ready.empty() ? nullptr : &ready;
    Engine candidate(model_.graph, model_.opset(), engine);
    const Subset samples(*data_, kCheckedSamples);
    const Comparison compared = compare_engines(reference, candidate, samples, samples.size());
    report.sqnr_db = compared.outputs.decibels();
    if (!ready.empty() || *report.sqnr_db >= kEqualDecibels || !pass.preserves_outputs) return;
    fail(ErrorCode::kRequirement,
         "after pass {} the outputs differ from the original's: SQNR {:.1f} dB, largest "
         "difference {:.3g}",
         pass.name, *report.sqnr_db, compared.outputs.max_abs());
  }

  // FakeQuant nodes are edgeopt's own: a file holds what the target makes of them.
  Model lowered() {
    const std::vector<Quantizer> quantizers = quantizers_of(model_.graph, table_);
    if (quantizers.empty()) return model_;
    for (const Quantizer& quantizer : quantizers) {
      if (table_.at(quantizer.key).ready()) continue;
      fail(
          ErrorCode::kUsage,
          "tensor '{}' has a quantizer without a range: add quantize-weights,calibrate to --passes",
          quantizer.key);
    }
    return target_.lower(model_, table_);
  }

  const OptimizeOptions& options_;
  const Target& target_;
  std::vector<PassStep> steps_;
  Model model_;
  std::unique_ptr<Model> original_;
  QuantTable table_;
  PassContext context_;
  std::unique_ptr<DataSource> data_;
  OptimizeResult result_;
};

}  // namespace

OptimizeResult optimize(const OptimizeOptions& options) { return OptimizeJob(options).run(); }

}  // namespace edgeopt
