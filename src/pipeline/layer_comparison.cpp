#include "pipeline/layer_comparison.h"

#include <algorithm>
#include <functional>
#include <map>

#include "base/format.h"
#include "exec/metrics.h"
#include "ops/op.h"
#include "passes/quantizers.h"
#include "quant/encoding.h"

namespace edgeopt {
namespace {

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

std::vector<Quantizer> activations_of(const Model& simulated, const QuantTable& table) {
  std::vector<Quantizer> all = quantizers_of(simulated.graph, table);
  std::erase_if(all, [&](const Quantizer& q) { return q.constant || !table.at(q.key).ready(); });
  return all;
}

// Excerpts of some values of one sample.
using Excerpts = std::map<ValueId, std::vector<float>>;
using TakeExcerpts = std::function<void(int64_t sample, Excerpts& excerpts)>;

// Calls `take` with those of each sample of `data`, in order.
void run(const Model& model, const DataSource& data, const EngineOptions& options,
         const TakeExcerpts& take) {
  Engine engine(model.graph, model.opset(), options);
  std::vector<Excerpts> excerpts(static_cast<size_t>(data.size()));
  engine.run(
      data.size(), [&](int64_t i) { return data.load(i).inputs; },
      [&](int64_t i, const std::vector<Tensor>&) {
        take(i, excerpts[static_cast<size_t>(i)]);
        excerpts[static_cast<size_t>(i)].clear();
      },
      [&](int, int64_t i, ValueId value, const Tensor& x) {
        excerpts[static_cast<size_t>(i)][value] = excerpt(x);
      });
}

}  // namespace

std::vector<TensorReport> compare_layers(const Model& simulated, const QuantTable& table,
                                         const DataSource& data, const EngineOptions& options) {
  std::vector<TensorReport> reports;
  EngineOptions in_float = options;  // what goes into a quantizer comes out
  EngineOptions in_codes = options;
  in_codes.table = &table;
  for (const Quantizer& quantizer : activations_of(simulated, table)) {
    reports.push_back(describe(simulated.graph, quantizer, table.at(quantizer.key)));
    in_float.observed.push_back(quantizer.input);
    in_codes.observed.push_back(quantizer.output);
  }
  if (reports.empty()) return reports;
  in_float.fetched = {in_float.observed.front()};
  in_codes.fetched = {in_codes.observed.front()};
  std::vector<Excerpts> expected;
  run(simulated, data, in_float,
      [&](int64_t, Excerpts& excerpts) { expected.push_back(std::move(excerpts)); });
  std::vector<SqnrMeter> meters(reports.size());
  run(simulated, data, in_codes, [&](int64_t i, Excerpts& excerpts) {
    Excerpts& references = expected[static_cast<size_t>(i)];
    for (size_t k = 0; k < meters.size(); ++k) {
      const std::vector<float>& reference = references[in_float.observed[k]];
      const std::vector<float>& value = excerpts[in_codes.observed[k]];
      meters[k].add(reference.data(), value.data(), std::ssize(value));
    }
    references.clear();
  });
  for (size_t k = 0; k < meters.size(); ++k) reports[k].sqnr_db = meters[k].decibels();
  return reports;
}

}  // namespace edgeopt
