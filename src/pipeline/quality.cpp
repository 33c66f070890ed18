#include "pipeline/quality.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "base/parallel.h"
#include "passes/quantizers.h"
#include "pipeline/compare.h"
#include "pipeline/judged_values.h"
#include "pipeline/layer_comparison.h"
#include "quant/encoding.h"

namespace edgeopt {
namespace {

// Comparing without labels should cost little beside calibrating with 100 samples.
constexpr int64_t kComparedMacs = 2'000'000'000;
constexpr int64_t kFewestSamples = 4;
constexpr int64_t kMostSamples = 32;

EngineOptions engine_options(const Simulation& models) {
  EngineOptions options;
  options.threads = models.threads;
  options.input_shapes = models.input_shapes;
  return options;
}

AccuracyReport describe(const Comparison& compared, const DataSource& data) {
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
  return report;
}

WeightReport describe_weight(const Graph& graph, const Quantizer& quantizer,
                             const TensorEncoding& encoding) {
  const Tensor& weight = *graph.constant(quantizer.input);
  SqnrMeter meter;
  std::array<float, 4096> quantized;
  for_each_run(weight.shape(), encoding.spec.axis, [&](int64_t c, int64_t offset, int64_t count) {
    const Grid grid = grid_of(encoding, static_cast<size_t>(c));
    for (const int64_t end = offset + count; offset < end; offset += std::ssize(quantized)) {
      const int64_t length = std::min(end - offset, std::ssize(quantized));
      const float* data = weight.data<float>() + offset;
      fake_quantize(data, quantized.data(), length, grid);
      meter.add(data, quantized.data(), length);
    }
  });
  WeightReport report;
  report.name = graph.value(quantizer.input).name;
  const auto& uses = graph.value(quantizer.output).uses;
  if (!uses.empty()) report.op_type = graph.node(uses.front().node).op_type;
  report.elements = weight.size();
  report.bits = encoding.spec.bits;
  report.channels = static_cast<int64_t>(encoding.scale.size());
  report.sqnr_db = meter.decibels();
  return report;
}

}  // namespace

int64_t affordable_samples(int64_t macs) {
  return std::clamp(kComparedMacs / std::max<int64_t>(macs, 1), kFewestSamples, kMostSamples);
}

AccuracyReport measure_accuracy(const Simulation& models, const DataSource& data,
                                const StepProgress& progress,
                                const std::function<void(std::string)>& note) {
  const JudgedValues judged = judged_values(models.simulated, models.input_shapes);
  const auto engine_of = [&](const Model& model, const QuantTable* table) {
    EngineOptions options = engine_options(models);
    options.table = table;
    if (!judged.why.empty()) options.fetched = judged.values;
    return std::make_shared<Engine>(model.graph, model.opset(), options);
  };
  if (!judged.why.empty()) {
    note(format(
        "the outputs cannot be computed ({}); what is compared are the {} tensors before them",
        judged.why, judged.values.size()));
  }
  // Those values are the simulation's own.
  const Model& reference = judged.why.empty() ? models.original : models.simulated;
  const Comparison compared = compare_engines(
      [&] { return engine_of(reference, nullptr); },
      [&] { return engine_of(models.simulated, &models.table); }, data, data.size(), progress);
  if (compared.labelled) {
    std::string doubt =
        poor_accuracy(compared.reference.top1(), compared.samples, compared.classes);
    if (!doubt.empty()) note(std::move(doubt));
  }
  return describe(compared, data);
}

std::vector<TensorReport> measure_tensors(const Simulation& models, const DataSource& data) {
  return compare_layers(models.simulated, models.table, data, engine_options(models));
}

std::vector<WeightReport> measure_weights(const Model& simulated, const QuantTable& table,
                                          int threads) {
  const Graph& graph = simulated.graph;
  std::vector<Quantizer> quantizers = quantizers_of(graph, table);
  std::erase_if(quantizers, [&](const Quantizer& quantizer) {
    const TensorEncoding& encoding = table.at(quantizer.key);
    return !quantizer.constant || encoding.is_bias || !encoding.ready();
  });
  std::vector<WeightReport> reports(quantizers.size());
  parallel_for(threads, static_cast<int64_t>(reports.size()), [&](int64_t i) {
    const Quantizer& quantizer = quantizers[static_cast<size_t>(i)];
    reports[static_cast<size_t>(i)] = describe_weight(graph, quantizer, table.at(quantizer.key));
  });
  return reports;
}

}  // namespace edgeopt
