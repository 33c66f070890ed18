// calibrate: encodings of activations from the calibration data, then those of biases.
#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "base/log.h"
#include "base/parallel.h"
#include "ops/op.h"
#include "passes/observe.h"
#include "passes/quantizers.h"
#include "quant/calibrator.h"

namespace edgeopt {
namespace {

OptionValues calibrator_options(const Calibrator& calibrator, const PassContext& context) {
  OptionValues options(calibrator.name, calibrator.options);
  for (const auto& [name, value] : context.calibrator_options) options.set(name, value);
  return options;
}

class Calibration {
 public:
  Calibration(Model& model, QuantTable& table, const PassContext& context)
      : graph_(model.graph),
        model_(model),
        table_(table),
        context_(context),
        quantizers_(quantizers_of(model.graph, table)) {
    for (const Quantizer& quantizer : quantizers_) key_of_[quantizer.output] = quantizer.key;
  }

  int64_t calibrate_activations() {
    std::vector<const Quantizer*> wanted;
    std::vector<ValueId> values;
    for (const Quantizer& quantizer : quantizers_) {
      if (quantizer.constant || !quantizer.primary || table_.at(quantizer.key).ready()) continue;
      wanted.push_back(&quantizer);
      values.push_back(quantizer.input);
    }
    if (wanted.empty()) return 0;
    const Calibrator& calibrator = find_calibrator(context_.calibrator);
    const OptionValues options = calibrator_options(calibrator, context_);
    const std::vector<ObservedTensor> seen = observe_values(
        model_, weights_only(), context_, values, {.histogram = calibrator.needs_histogram});
    for (size_t i = 0; i < wanted.size(); ++i) warn_about(seen[i], wanted[i]->key);
    parallel_for(context_.threads, std::ssize(wanted), [&](int64_t index) {
      const auto i = static_cast<size_t>(index);
      TensorEncoding& encoding = table_.at(wanted[i]->key);
      encoding.observed_min = {seen[i].min};
      encoding.observed_max = {seen[i].max};
      encode_ranges(encoding, {calibrator.range(seen[i], encoding.spec, options)});
    });
    return static_cast<int64_t>(wanted.size());
  }

  // Weight scales are raised for all biases before any is encoded: layers may share a weight.
  int64_t encode_biases() {
    std::vector<const Quantizer*> biases;
    for (const Quantizer& quantizer : quantizers_) {
      const TensorEncoding& encoding = table_.at(quantizer.key);
      if (encoding.is_bias && !encoding.ready() && quantizer.constant) biases.push_back(&quantizer);
    }
    for (const Quantizer* quantizer : biases) {
      const LayerScales scales = scales_around(*quantizer);
      if (scales.complete())
        raise_weight_scales(*scales.weight, scales.input->scale[0], bias_of(*quantizer));
    }
    for (const Quantizer* quantizer : biases) encode(*quantizer);
    return static_cast<int64_t>(biases.size());
  }

 private:
  // Activations are observed in float, behind weights that are already quantized. Constant operands
  // count as activations here: AIMET's files are made so.
  QuantTable weights_only() const {
    QuantTable weights;
    for (const Quantizer& quantizer : quantizers_) {
      const TensorEncoding& encoding = table_.at(quantizer.key);
      if (is_weight(quantizer) && encoding.ready()) weights.emplace(quantizer.key, encoding);
    }
    return weights;
  }

  bool is_weight(const Quantizer& quantizer) const {
    if (!quantizer.constant) return false;
    const auto& uses = graph_.value(quantizer.output).uses;
    return std::any_of(uses.begin(), uses.end(), [&](const Use& use) {
      return use.input >= 0 && use.input == traits_of(graph_.node(use.node)).weight_input;
    });
  }

  static void warn_about(const ObservedTensor& seen, const std::string& key) {
    if (seen.not_finite == 0) return;
    log_warning(format("tensor '{}': {} elements are NaN or infinite; its range leaves them out",
                       key, seen.not_finite));
  }

  // The entry of the quantizer that makes `value`; nullptr when there is none or it is not ready.
  TensorEncoding* encoding_behind(ValueId value) {
    const auto found = key_of_.find(value);
    if (found == key_of_.end()) return nullptr;
    TensorEncoding& encoding = table_.at(found->second);
    return encoding.ready() ? &encoding : nullptr;
  }

  struct LayerScales {
    const TensorEncoding* input = nullptr;
    TensorEncoding* weight = nullptr;
    bool complete() const { return input != nullptr && weight != nullptr; }
  };

  LayerScales scales_around(const Quantizer& bias) {
    const NodeId layer = graph_.only_user(bias.output);
    if (!layer.valid() || graph_.node(layer).inputs.size() < 3) return {};
    return {encoding_behind(graph_.node(layer).inputs[0]),
            encoding_behind(graph_.node(layer).inputs[1])};
  }

  const Tensor& bias_of(const Quantizer& quantizer) const {
    return *graph_.constant(quantizer.input);
  }

  void encode(const Quantizer& quantizer) {
    TensorEncoding& encoding = table_.at(quantizer.key);
    const Tensor& bias = bias_of(quantizer);
    const Range range = ranges_of(bias, -1)[0];
    encoding.observed_min = {range.min};
    encoding.observed_max = {range.max};
    const LayerScales scales = scales_around(quantizer);
    const bool per_channel = encoding.spec.axis >= 0;
    // Channels are the last axis: [C] of a convolution, [C] or [1, C] of a Gemm.
    const bool fits =
        bias.rank() > 0 && bias.dim(bias.rank() - 1) == bias.size() && bias.size() > 0;
    if (!scales.complete() || !fits || (!per_channel && scales.weight->scale.size() > 1)) {
      return encode_alone(encoding, range);
    }
    if (per_channel) encoding.spec.axis = static_cast<int>(bias.rank()) - 1;
    encode_bias(encoding, scales.input->scale[0], scales.weight->scale,
                per_channel ? bias.size() : 1);
  }

  // A bias whose layer has no scales to multiply: a grid of its own.
  static void encode_alone(TensorEncoding& encoding, Range range) {
    encoding.spec.axis = -1;
    const float largest = std::max(std::abs(range.min), std::abs(range.max));
    encode_bias(encoding, std::max(largest, 1.0F) * 0x1p-30F, {1.0F}, 1);
  }

  const Graph& graph_;
  const Model& model_;
  QuantTable& table_;
  const PassContext& context_;
  std::vector<Quantizer> quantizers_;
  std::map<ValueId, std::string> key_of_;  // by quantized value
};

int64_t run(Model& model, QuantTable& table, PassContext& context, const OptionValues&) {
  Calibration calibration(model, table, context);
  const int64_t activations = calibration.calibrate_activations();
  return activations + calibration.encode_biases();
}

}  // namespace

extern const Pass pass_calibrate = {
    .name = "calibrate",
    .summary = "observe activations over the calibration data and fill their encodings",
    .options = {},
    .run = run,
};

}  // namespace edgeopt
