#include "pipeline/quality.h"

#include <algorithm>
#include <map>

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

// Some elements of a tensor: enough for a ratio in dB. Evenly spaced in plain order, by an odd
// stride: no column of a picture or channel is preferred.
std::vector<float> excerpt(const Tensor& x) {
  constexpr int64_t kElements = 4096;
  const int64_t stride = (x.size() / kElements) | 1;
  const int64_t channels = x.layout() == Layout::kChannelsLast ? x.dim(1) : 1;
  const int64_t positions = x.layout() == Layout::kChannelsLast
                                ? x.size() / std::max<int64_t>(1, x.dim(0) * channels)
                                : x.size();
  std::vector<float> values;
  values.reserve(static_cast<size_t>(x.size() / stride + 1));
  for (int64_t i = 0; i < x.size(); i += stride) {
    const int64_t plane = i / positions;
    const int64_t row = plane / channels * positions + i % positions;
    values.push_back(x.data<float>()[row * channels + plane % channels]);
  }
  return values;
}

// Excerpts of each of `values`, for each sample.
using Excerpts = std::vector<std::map<ValueId, std::vector<float>>>;

// Taken as the values are made: they need not all be in memory at once.
Excerpts excerpts_of(const Model& model, EngineOptions options, const std::vector<ValueId>& values,
                     const DataSource& data) {
  options.observed = values;
  Engine engine(model.graph, model.opset(), options);
  Excerpts excerpts(static_cast<size_t>(data.size()));
  engine.run(
      data.size(), [&](int64_t i) { return data.load(i).inputs; },
      [](int64_t, const std::vector<Tensor>&) {},
      [&](int, int64_t sample, ValueId value, const Tensor& x) {
        excerpts[static_cast<size_t>(sample)][value] = excerpt(x);
      });
  return excerpts;
}

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
  const auto engine_of = [&](const Model& model, const QuantTable* table) {
    return std::make_unique<Engine>(model.graph, model.opset(), engine_options(models, table));
  };
  const Comparison compared = compare_engines(
      [&] { return engine_of(models.original, nullptr); },
      [&] { return engine_of(models.simulated, &models.table); }, data, data.size(), progress);
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
  std::vector<ValueId> before;  // quantizers; in float what goes in comes out
  std::vector<ValueId> behind;
  for (const Quantizer& quantizer : quantizers) {
    reports.push_back(describe(graph, quantizer, models.table.at(quantizer.key)));
    before.push_back(quantizer.input);
    behind.push_back(quantizer.output);
  }
  if (reports.empty()) return reports;
  // One engine at a time: each holds the packed weights.
  Excerpts expected = excerpts_of(models.simulated, engine_options(models, nullptr), before, data);
  Excerpts simulated =
      excerpts_of(models.simulated, engine_options(models, &models.table), behind, data);
  for (size_t k = 0; k < reports.size(); ++k) {
    SqnrMeter meter;
    for (size_t s = 0; s < expected.size(); ++s) {
      const std::vector<float>& reference = expected[s][before[k]];
      const std::vector<float>& value = simulated[s][behind[k]];
      meter.add(reference.data(), value.data(), static_cast<int64_t>(value.size()));
    }
    reports[k].sqnr_db = meter.decibels();
  }
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
