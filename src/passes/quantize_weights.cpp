// quantize-weights: encodings of weights and other constants, from the constants themselves.
#include <set>

#include "base/parallel.h"
#include "passes/pass.h"
#include "passes/quantizers.h"
#include "quant/calibrator.h"

namespace edgeopt {
namespace {

// The ranges of a constant as the calibrator chooses them, from those that are observed.
std::vector<Range> chosen_ranges(const Tensor& constant, const QuantSpec& spec,
                                 std::vector<Range> ranges, const Calibrator& calibrator,
                                 const OptionValues& options) {
  if (!calibrator.needs_histogram) return ranges;
  std::vector<Observer> observers(ranges.size(), Observer({.histogram = true, .sampled = 0}));
  for_each_run(constant.shape(), spec.axis, [&](int64_t channel, int64_t offset, int64_t count) {
    observers[static_cast<size_t>(channel)].observe(constant.data<float>() + offset, count);
  });
  for (size_t c = 0; c < ranges.size(); ++c) {
    ranges[c] = calibrator.range(observers[c].result(), spec, options);
  }
  return ranges;
}

void encode(TensorEncoding& encoding, const Tensor& constant, const Calibrator& calibrator,
            const OptionValues& options) {
  std::vector<Range> seen = ranges_of(constant, encoding.spec.axis);
  encoding.observed_min.clear();
  encoding.observed_max.clear();
  for (const Range& range : seen) {
    encoding.observed_min.push_back(range.min);
    encoding.observed_max.push_back(range.max);
  }
  encode_ranges(encoding,
                chosen_ranges(constant, encoding.spec, std::move(seen), calibrator, options));
}

int64_t run(Model& model, QuantTable& table, PassContext& context, const OptionValues& options) {
  const Calibrator& calibrator = find_calibrator(options.text("calibrator"));
  const OptionValues calibrator_options(calibrator.name, calibrator.options);
  std::vector<std::pair<TensorEncoding*, const Tensor*>> wanted;
  std::set<std::string> taken;  // quantizers may share an entry: the first decides it
  for (const Quantizer& quantizer : quantizers_of(model.graph, table)) {
    TensorEncoding& encoding = table.at(quantizer.key);
    const Tensor* constant = model.graph.constant(quantizer.input);
    if (constant == nullptr || encoding.is_bias || encoding.ready()) continue;
    if (constant->type() != DataType::kFloat || !taken.insert(quantizer.key).second) continue;
    wanted.emplace_back(&encoding, constant);
  }
  const auto changes = static_cast<int64_t>(wanted.size());
  parallel_for(context.threads, changes, [&](int64_t i) {
    const auto& [encoding, constant] = wanted[static_cast<size_t>(i)];
    encode(*encoding, *constant, calibrator, calibrator_options);
  });
  return changes;
}

}  // namespace

extern const Pass pass_quantize_weights = {
    .name = "quantize-weights",
    .summary = "fill the encodings of weights and constant operands from their values",
    .options = {{.name = "calibrator",
                 .type = OptionSpec::Type::kString,
                 .default_value = "min-max",
                 .help = "how the range of each channel is chosen (edgeopt list calibrators)"}},
    .run = run,
};

}  // namespace edgeopt
