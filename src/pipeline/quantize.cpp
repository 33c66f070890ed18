// quantize(): from a model file to the files of a target.
#include "edgeopt/quantize.h"

#include <algorithm>
#include <chrono>

#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/log.h"
#include "base/parallel.h"
#include "onnx/model_io.h"
#include "pipeline/coverage.h"
#include "pipeline/default_pipeline.h"
#include "pipeline/macs.h"
#include "pipeline/policy.h"
#include "pipeline/prepare.h"
#include "pipeline/quality.h"
#include "pipeline/runner.h"
#include "quant/calibrator.h"
#include "targets/encodings_json.h"

namespace edgeopt {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kSyntheticSamples = 32;
constexpr int64_t kMostLayerSamples = 8;

class QuantizeJob {
 public:
  explicit QuantizeJob(const QuantizeOptions& options)
      : options_(options),
        target_(target_named(options.target)),
        policy_(policy_for(options, target_)) {}

  QuantizeResult run() {
    const auto start = std::chrono::steady_clock::now();
    check_options();
    load();
    open_output();
    open_sources();
    run_passes_of_pipeline();
    require_quantized();
    measure();
    write_files();  // last: what fails leaves nothing
    check_gates();
    const auto spent = std::chrono::steady_clock::now() - start;
    result_.seconds = std::chrono::duration<double>(spent).count();
    result_.threads = thread_count(options_.threads);
    return std::move(result_);
  }

 private:
  void note(std::string text) {
    log_warning(text);
    result_.notes.push_back(std::move(text));
  }

  // What can be refused before any work is.
  void check_options() {
    const auto& versions = encodings_versions();
    if (std::find(versions.begin(), versions.end(), options_.encodings_version) == versions.end()) {
      fail(ErrorCode::kUsage, "--encodings-version {}: must be one of {}",
           options_.encodings_version, fmt::join(versions, ", "));
    }
    context_.calibrator = options_.calibrator;
    const Calibrator& calibrator = find_calibrator(context_.calibrator);
    OptionValues values(calibrator.name, calibrator.options);
    for (const auto& [name, value] : options_.calibrator_options) values.set(name, value);
    const std::string stem = options_.output_name.empty() ? fs::path(options_.model).stem().string()
                                                          : options_.output_name;
    const fs::path base = fs::path(options_.output_folder) / stem;
    result_.files = {{"model", base.string() + ".onnx"},
                     {"encodings", base.string() + ".encodings.json"},
                     {"report", base.string() + ".report.json"},
                     {"page", base.string() + ".report.html"}};
    std::error_code ignored;
    if (fs::equivalent(result_.files["model"], options_.model, ignored)) {
      fail(ErrorCode::kUsage, "{}: the result would overwrite the model; choose another folder",
           options_.model);
    }
    result_.model = options_.model;
    result_.target = target_.name;
    result_.calibrator = calibrator.name;
  }

  void load() {
    original_ = load_executable(options_.model, options_.input_shapes);
    result_.bytes_before = stored_bytes(options_.model, original_);
    refuse_quantized();
    specs_ = input_specs(original_, options_.input_shapes);
    model_ = original_;
    if (!policy_.fixed_batch) return;
    for (const std::string& input : fix_batch(model_)) {
      note(format("input '{}': the batch is fixed to 1, which target {} needs", input,
                  target_.name));
    }
  }

  void refuse_quantized() const {
    const Graph& graph = original_.graph;
    for (const NodeId id : graph.topological_order()) {
      const Node& node = graph.node(id);
      if (node.op_type != "QuantizeLinear" && node.op_type != "DynamicQuantizeLinear") continue;
      if (node.inputs.empty() || graph.constant(node.inputs[0]) != nullptr) continue;
      fail(ErrorCode::kUnsupported, "{}: is quantized already ({}); give the float model",
           options_.model, graph.describe(id));
    }
  }

  // A folder that cannot be written is refused now rather than after the work.
  void open_output() {
    make_folder(options_.output_folder);
    const AtomicFile probe(result_.files["model"]);
  }

  void open_sources() {
    const bool real = !options_.calibration.path.empty();
    if (real) {
      calibration_ = open_samples(options_.calibration, specs_);
    } else {
      const int64_t limit = options_.calibration.limit;
      calibration_ =
          synthetic_data(specs_, limit > 0 ? std::min(limit, kSyntheticSamples) : kSyntheticSamples,
                         options_.seed);
      note("no --calib: calibrated with synthetic inputs; confirm the accuracy with real data");
    }
    if (!options_.evaluation.path.empty()) evaluation_ = open_samples(options_.evaluation, specs_);
    result_.calibration = calibration_->describe();
    const DataSource& judged = evaluation_ ? *evaluation_ : *calibration_;
    if (options_.max_drop && !judged.has_labels()) {
      fail(ErrorCode::kUsage,
           "--max-drop needs labels, which {} does not have: give some with --eval",
           judged.describe());
    }
  }

  void run_passes_of_pipeline() {
    context_.seed = options_.seed;
    context_.threads = options_.threads;
    context_.calibration = calibration_.get();
    context_.target = &target_;
    context_.policy = policy_;
    context_.input_shapes = options_.input_shapes;
    context_.calibrator_options = options_.calibrator_options;
    context_.skipped = options_.skipped;
    for (const std::string& glob : unmatched_globs(model_.graph, options_.skipped)) {
      note(format("--skip '{}' matches no node", glob));
    }
    result_.passes = run_passes(model_, table_, context_,
                                parse_pass_list(default_pipeline(options_)), options_.progress);
  }

  void require_quantized() {
    const InferredGraph types = infer_shapes(
        model_.graph, model_.opset(), resolve_feed_shapes(model_.graph, options_.input_shapes, 1));
    std::string why;
    for (const NodeCoverage& node : coverage_of(model_.graph, types, policy_, options_.skipped)) {
      if (node.state == NodeCoverage::State::kQuantized) ++result_.quantized_nodes;
      if (node.state != NodeCoverage::State::kFloat) continue;
      if (++result_.float_nodes == 1) why = node.why;
    }
    if (result_.quantized_nodes > 0) return;
    fail(ErrorCode::kRequirement, "{}: nothing could be quantized ({})", options_.model,
         why.empty() ? "it computes nothing in float" : why);
  }

  void write_files() {
    const Model exported = target_.lower(model_, table_);
    const Json encodings =
        encodings_json(named_encodings(model_, table_), options_.encodings_version,
                       result_.calibrator, exported.graph);
    save_model(exported, result_.files["model"]);
    write_file_atomically(result_.files["encodings"], json_text(encodings) + "\n");
    result_.bytes_after = stored_bytes(result_.files["model"], exported);
  }

  void measure() {
    const Simulation models{original_, model_, table_, options_.input_shapes, options_.threads};
    const int64_t few = affordable_samples(count_macs(model_, options_.input_shapes));
    const DataSource& data = evaluation_ ? *evaluation_ : *calibration_;
    const bool whole = evaluation_ || data.has_labels();
    const Subset judged(data, whole ? data.size() : few);
    const StepProgress progress = [&](int64_t done, int64_t total) {
      if (options_.progress) options_.progress("compare", done, total);
    };
    result_.accuracy = measure_accuracy(models, judged, progress,
                                        [this](std::string text) { note(std::move(text)); });
    result_.tensors = measure_tensors(models, Subset(data, std::min(few / 2, kMostLayerSamples)));
    result_.weights = measure_weights(model_, table_, options_.threads);
  }

  void check_gates() {
    const AccuracyReport& accuracy = result_.accuracy;
    const double drop = accuracy.top1_float - accuracy.top1_quantized;
    if (options_.max_drop && drop > *options_.max_drop) {
      result_.unmet.push_back(
          format("top-1 dropped by {:.2f} points, more than {:.2f}", drop, *options_.max_drop));
    }
    if (options_.min_sqnr && accuracy.sqnr_db < *options_.min_sqnr) {
      result_.unmet.push_back(format("output SQNR is {:.1f} dB, less than {:.1f}", accuracy.sqnr_db,
                                     *options_.min_sqnr));
    }
  }

  const QuantizeOptions& options_;
  const Target& target_;
  QuantPolicy policy_;
  PassContext context_;
  Model original_;
  Model model_;
  QuantTable table_;
  std::vector<InputSpec> specs_;
  std::unique_ptr<DataSource> calibration_;
  std::unique_ptr<DataSource> evaluation_;
  QuantizeResult result_;
};

}  // namespace

QuantizeResult quantize(const QuantizeOptions& options) { return QuantizeJob(options).run(); }

}  // namespace edgeopt
