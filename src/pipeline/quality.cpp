#include "pipeline/quality.h"

#include <algorithm>

#include "base/format.h"
#include "ops/op.h"
#include "passes/quantizers.h"
#include "pipeline/compare.h"
#include "quant/encoding.h"

namespace edgeopt {
namespace {

// Comparing without labels should cost little beside calibrating with 100 samples.
constexpr int64_t kComparedMacs = 2'000'000'000;
constexpr int64_t kFewestSamples = 4;
constexpr int64_t kMostSamples = 32;

EngineOptions engine_options(const Simulation& models, const QuantTable* table) {
  EngineOptions options;
  options.threads = models.threads;
  options.table = table;
  options.input_shapes = models.input_shapes;
  return options;
}

std::string grid_text(const QuantSpec& spec) {
  return format("{}int{}{}", spec.is_signed ? "" : "u", spec.bits,
                spec.symmetric ? " symmetric" : "");
}

TensorReport describe(const Graph& graph, const Quantizer& quantizer,
                      const TensorEncoding& encoding) {
  TensorReport report;
  const ValueId named = graph.is_output(quantizer.output) ? quantizer.output : quantizer.input;
  report.name = graph.value(named).name;
  const NodeId producer = graph.value(quantizer.input).producer;
  report.node = "input";
  if (producer.valid()) {
    const Node& node = graph.node(producer);
    report.node = node.name.empty() ? graph.value(named).name : node.name;
    report.op_type = node.op_type;
  }
  report.grid = grid_text(encoding.spec);
  const Range range = represented(grid_of(encoding));
  report.minimum = range.min;
  report.maximum = range.max;
  if (!encoding.observed_min.empty()) {
    report.observed_minimum = encoding.observed_min[0];
    report.observed_maximum = encoding.observed_max[0];
  }
  return report;
}

// Some elements of each fetched tensor of each sample: enough for a ratio in dB, and memory that
// does not grow with the model's activations.
class Excerpts {
 public:
  explicit Excerpts(std::vector<ValueId> fetched) : fetched_(std::move(fetched)) {}

  // Runs `graph` over `data` and calls take(tensor, values) for each excerpt, in a fixed order.
  template <typename Take>
  void run(const Model& model, EngineOptions options, const DataSource& data, Take take) const {
    options.fetched = fetched_;
    options.micro_batch = 1;  // all fetched tensors live at once
    Engine engine(model.graph, model.opset(), options);
    engine.run(
        data.size(), [&](int64_t i) { return data.load(i).inputs; },
        [&](int64_t, const std::vector<Tensor>& outputs) {
          for (size_t k = 0; k < outputs.size(); ++k) take(k, excerpt(outputs[k]));
        });
  }

 private:
  static constexpr int64_t kElements = 4096;

  // Evenly spaced, by an odd stride: no column of a picture or channel is preferred.
  static std::vector<float> excerpt(const Tensor& tensor) {
    std::vector<float> values;
    if (tensor.type() != DataType::kFloat) return values;
    const int64_t stride = (tensor.size() / kElements) | 1;
    values.reserve(static_cast<size_t>(tensor.size() / stride + 1));
    for (int64_t i = 0; i < tensor.size(); i += stride) values.push_back(tensor.data<float>()[i]);
    return values;
  }

  std::vector<ValueId> fetched_;
};

std::vector<Quantizer> activations_of(const Model& simulated, const QuantTable& table) {
  std::vector<Quantizer> all = quantizers_of(simulated.graph, table);
  std::erase_if(all, [&](const Quantizer& q) { return q.constant || !table.at(q.key).ready(); });
  return all;
}

}  // namespace

int64_t affordable_samples(int64_t macs) {
  return std::clamp(kComparedMacs / std::max<int64_t>(macs, 1), kFewestSamples, kMostSamples);
}

AccuracyReport measure_accuracy(const Simulation& models, const DataSource& data,
                                const StepProgress& progress,
                                const std::function<void(std::string)>& note) {
  Engine reference(models.original.graph, models.original.opset(), engine_options(models, nullptr));
  Engine candidate(models.simulated.graph, models.simulated.opset(),
                   engine_options(models, &models.table));
  const Comparison compared = compare_engines(reference, candidate, data, data.size(), progress);
  AccuracyReport report;
  report.data = data.describe();
  report.samples = compared.samples;
  report.labelled = compared.labelled;
  report.top1_float = compared.reference.top1();
  report.top5_float = compared.reference.top5();
  report.top1_quantized = compared.candidate.top1();
  report.top5_quantized = compared.candidate.top5();
  report.agreement = compared.agreement;
  report.sqnr_db = compared.outputs.decibels();
  if (!compared.labelled) return report;
  std::string doubt = poor_accuracy(report.top1_float, report.samples, compared.classes);
  if (!doubt.empty()) note(std::move(doubt));
  return report;
}

std::vector<TensorReport> measure_tensors(const Simulation& models, const DataSource& data) {
  const Graph& graph = models.simulated.graph;
  const std::vector<Quantizer> quantizers = activations_of(models.simulated, models.table);
  std::vector<TensorReport> reports;
  std::vector<ValueId> fetched;
  for (const Quantizer& quantizer : quantizers) {
    reports.push_back(describe(graph, quantizer, models.table.at(quantizer.key)));
    fetched.push_back(quantizer.output);
  }
  if (fetched.empty()) return reports;
  // One engine at a time: each holds the packed weights.
  const Excerpts excerpts(fetched);
  std::vector<std::vector<float>> expected;
  excerpts.run(models.simulated, engine_options(models, nullptr), data,
               [&](size_t, std::vector<float> values) { expected.push_back(std::move(values)); });
  std::vector<SqnrMeter> meters(fetched.size());
  size_t next = 0;
  excerpts.run(models.simulated, engine_options(models, &models.table), data,
               [&](size_t k, const std::vector<float>& values) {
                 const std::vector<float>& reference = expected[next++];
                 meters[k].add(reference.data(), values.data(),
                               static_cast<int64_t>(values.size()));
               });
  for (size_t k = 0; k < reports.size(); ++k) reports[k].sqnr_db = meters[k].decibels();
  return reports;
}

std::vector<WeightReport> measure_weights(const Model& simulated, const QuantTable& table) {
  const Graph& graph = simulated.graph;
  std::vector<WeightReport> reports;
  for (const Quantizer& quantizer : quantizers_of(graph, table)) {
    const TensorEncoding& encoding = table.at(quantizer.key);
    if (!quantizer.constant || encoding.is_bias || !encoding.ready()) continue;
    const Tensor& weight = *graph.constant(quantizer.input);
    SqnrMeter meter;
    meter.add(weight.data<float>(), fake_quantize(weight, encoding).data<float>(), weight.size());
    WeightReport report;
    report.name = graph.value(quantizer.input).name;
    const auto& uses = graph.value(quantizer.output).uses;
    if (!uses.empty()) report.op_type = graph.node(uses.front().node).op_type;
    report.elements = weight.size();
    report.bits = encoding.spec.bits;
    report.channels = static_cast<int64_t>(encoding.scale.size());
    report.sqnr_db = meter.decibels();
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace edgeopt
