#include "passes/observe.h"

#include "base/format.h"
#include "exec/interpreter.h"

namespace edgeopt {

std::vector<ObservedTensor> observe_values(const Model& model, const QuantTable& table,
                                           const PassContext& context,
                                           const std::vector<ValueId>& values,
                                           const ObserverOptions& options) {
  if (context.calibration == nullptr || context.calibration->size() == 0) {
    fail(ErrorCode::kUsage, "calibration needs samples: give some with --calib");
  }
  std::map<ValueId, Observer> observers;
  for (const ValueId value : values) observers.emplace(value, Observer(options));
  InterpretOptions interpret_options;
  interpret_options.table = &table;
  interpret_options.on_value = [&](ValueId value, const Tensor& tensor) {
    const auto found = observers.find(value);
    if (found == observers.end() || tensor.type() != DataType::kFloat) return;
    found->second.observe(tensor.data<float>(), tensor.size());
  };
  const int64_t count = context.calibration->size();
  const std::vector<ValueId> feeds = model.graph.feeds();
  for (int64_t i = 0; i < count; ++i) {
    const Sample sample = context.calibration->load(i);
    std::map<std::string, Tensor> inputs;
    for (size_t f = 0; f < feeds.size(); ++f) {
      inputs.emplace(model.graph.value(feeds[f]).name, sample.inputs.at(f));
    }
    interpret(model.graph, model.opset(), inputs, interpret_options);
    if (context.progress) context.progress(i + 1, count);
  }
  std::vector<ObservedTensor> result;
  for (const ValueId value : values) result.push_back(observers.at(value).result());
  return result;
}

}  // namespace edgeopt
