// evaluate(): accuracy and speed over data.
#include "edgeopt/evaluate.h"

#include <atomic>
#include <chrono>

#include "base/format.h"
#include "base/log.h"
#include "pipeline/compare.h"
#include "pipeline/node_times.h"
#include "pipeline/prepare.h"

namespace edgeopt {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Evaluation {
 public:
  explicit Evaluation(const EvaluateOptions& options) : options_(options) {}

  EvaluateResult run() {
    const auto start = Clock::now();
    result_.model = options_.model;
    result_.reference = options_.reference;
    const Model model = load(options_.model);
    const auto data = open_samples(options_.data, input_specs(model, options_.input_shapes));
    result_.data = data->describe();
    result_.labelled = data->has_labels();
    check_gates_can_be_met();
    Engine engine(model.graph, model.opset(), engine_options(options_.profile));
    if (options_.reference.empty()) {
      run_alone(engine, *data);
    } else {
      run_against_reference(engine, *data, model.graph.outputs().size());
    }
    result_.seconds = seconds_since(start);
    if (options_.profile) {
      result_.profile = node_times(engine);
      result_.chrome_trace = engine.chrome_trace();
    }
    check_gates();
    return std::move(result_);
  }

 private:
  Model load(const std::string& path) const {
    Model model = load_executable(path, options_.input_shapes);
    return model;
  }

  EngineOptions engine_options(bool profile) const {
    EngineOptions options;
    options.threads = options_.threads;
    options.input_shapes = options_.input_shapes;
    options.profile = profile;
    return options;
  }

  void check_gates_can_be_met() const {
    if (options_.min_top1 && !result_.labelled) {
      fail(ErrorCode::kUsage, "--min-top1 needs labels, which {} does not have", result_.data);
    }
    if ((options_.min_sqnr || options_.min_agreement) && options_.reference.empty()) {
      fail(ErrorCode::kUsage, "--min-sqnr and --min-agreement need --reference");
    }
  }

  void report_progress(int64_t done, int64_t total) const {
    if (options_.progress) options_.progress("evaluate", done, total);
  }

  void run_alone(Engine& engine, const DataSource& data) {
    const int64_t count = data.size();
    std::vector<int64_t> labels(static_cast<size_t>(count), -1);
    std::atomic<int64_t> loading{0};  // nanoseconds, of all workers
    ClassificationMeter meter;
    int64_t classes = 0;
    const auto start = Clock::now();
    engine.run(
        count,
        [&](int64_t i) {
          const auto begin = Clock::now();
          Sample sample = data.load(i);
          labels[static_cast<size_t>(i)] = sample.label;
          loading += std::chrono::nanoseconds(Clock::now() - begin).count();
          return std::move(sample.inputs);
        },
        [&](int64_t i, const std::vector<Tensor>& outputs) {
          const int64_t label = labels[static_cast<size_t>(i)];
          if (label >= 0 && outputs[0].type() == DataType::kFloat) {
            classes = outputs[0].size();
            meter.add(outputs[0].data<float>(), outputs[0].size(), label);
          }
          report_progress(i + 1, count);
        });
    const double computing = seconds_since(start) - static_cast<double>(loading.load()) * 1e-9 /
                                                        static_cast<double>(engine.threads());
    result_.samples = count;
    result_.top1 = meter.top1();
    result_.top5 = meter.top5();
    result_.labelled = meter.samples() > 0;
    warn(meter.top1(), meter.samples(), classes);
    set_speed(computing);
  }

  void run_against_reference(Engine& engine, const DataSource& data, size_t outputs) {
    const Model reference = load(options_.reference);
    if (reference.graph.outputs().size() != outputs) {
      fail(ErrorCode::kUsage, "--reference {}: has {} outputs, {} has {}", options_.reference,
           reference.graph.outputs().size(), options_.model, outputs);
    }
    Engine reference_engine(reference.graph, reference.opset(), engine_options(false));
    const Comparison compared =
        compare_engines(reference_engine, engine, data, data.size(),
                        [this](int64_t done, int64_t total) { report_progress(done, total); });
    result_.samples = compared.samples;
    result_.labelled = compared.labelled;
    result_.top1 = compared.candidate.top1();
    result_.top5 = compared.candidate.top5();
    result_.reference_top1 = compared.reference.top1();
    result_.compared = true;
    if (compared.labelled) warn(result_.reference_top1, compared.samples, compared.classes);
    result_.agreement = compared.agreement;
    result_.sqnr_db = compared.outputs.decibels();
    result_.max_abs = compared.outputs.max_abs();
    set_speed(compared.candidate_seconds);
  }

  static void warn(double top1, int64_t samples, int64_t classes) {
    const std::string doubt = poor_accuracy(top1, samples, classes);
    if (!doubt.empty()) log_warning(doubt);
  }

  void set_speed(double seconds) {
    if (seconds > 0) result_.samples_per_second = static_cast<double>(result_.samples) / seconds;
  }

  void check_gates() {
    const auto require = [this](const char* what, const char* unit, double value,
                                const std::optional<double>& least) {
      if (!least || value >= *least) return;
      result_.unmet.push_back(
          format("{} is {:.2f}{}, less than {:.2f}", what, value, unit, *least));
    };
    require("top-1", " %", result_.top1, options_.min_top1);
    require("SQNR", " dB", result_.sqnr_db, options_.min_sqnr);
    require("agreement", " %", result_.agreement, options_.min_agreement);
  }

  const EvaluateOptions& options_;
  EvaluateResult result_;
};

}  // namespace

EvaluateResult evaluate(const EvaluateOptions& options) { return Evaluation(options).run(); }

}  // namespace edgeopt
