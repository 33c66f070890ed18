#include "passes/observe.h"

#include "base/format.h"
#include "base/parallel.h"
#include "exec/engine.h"

namespace edgeopt {

std::vector<ObservedTensor> observe_values(const Model& model, const QuantTable& table,
                                           const PassContext& context,
                                           const std::vector<ValueId>& values,
                                           const ObserverOptions& options) {
  const DataSource* data = context.calibration;
  if (data == nullptr || data->size() == 0) {
    fail(ErrorCode::kUsage, "calibration needs samples: give some with --calib");
  }
  EngineOptions engine_options;
  engine_options.threads = context.threads;
  engine_options.table = &table;
  engine_options.input_shapes = context.input_shapes;
  engine_options.observed = values;
  // Not the model's outputs: what comes after the last observed value need not run.
  if (!values.empty()) engine_options.fetched = {values.front()};
  Engine engine(model.graph, model.opset(), engine_options);
  // Each worker has an observer of its own for each value.
  std::map<ValueId, Observer> fresh;
  for (const ValueId value : values) fresh.emplace(value, Observer(options));
  std::vector<std::map<ValueId, Observer>> observers(static_cast<size_t>(engine.threads()), fresh);
  const int64_t count = data->size();
  engine.run(
      count, [&](int64_t i) { return data->load(i).inputs; },
      [&](int64_t i, const std::vector<Tensor>&) {
        if (context.progress) context.progress(i + 1, count);
      },
      [&](int worker, int64_t, ValueId value, const Tensor& x) {
        observers[static_cast<size_t>(worker)].at(value).observe(x.data<float>(), x.size());
      });
  std::vector<ObservedTensor> result(values.size());
  parallel_for(context.threads, std::ssize(values), [&](int64_t i) {
    const auto index = static_cast<size_t>(i);
    Observer merged = observers[0].at(values[index]);
    for (size_t w = 1; w < observers.size(); ++w) merged.merge(observers[w].at(values[index]));
    result[index] = merged.result();
  });
  return result;
}

}  // namespace edgeopt
