// run(): a model over the samples that files hold.
#include <algorithm>
#include <chrono>
#include <map>

#include "base/format.h"
#include "edgeopt/evaluate.h"
#include "exec/engine.h"
#include "pipeline/node_times.h"
#include "pipeline/prepare.h"

namespace edgeopt {
namespace {

using Clock = std::chrono::steady_clock;

// Sample i of each input comes from that input's own source.
class Zipped : public DataSource {
 public:
  explicit Zipped(std::vector<std::unique_ptr<DataSource>> parts) : parts_(std::move(parts)) {}
  int64_t size() const override { return parts_.front()->size(); }
  Sample load(int64_t index) const override {
    Sample whole;
    for (const auto& part : parts_) {
      Sample sample = part->load(index);
      whole.inputs.push_back(std::move(sample.inputs.at(0)));
      if (whole.name.empty()) whole.name = sample.name;
    }
    return whole;
  }
  std::string describe() const override { return parts_.front()->describe(); }

 private:
  std::vector<std::unique_ptr<DataSource>> parts_;
};

std::string names_of(const std::vector<InputSpec>& specs) {
  std::string names;
  for (const InputSpec& spec : specs) names += (names.empty() ? "" : ", ") + spec.name;
  return names;
}

// The file for each input name.
std::map<std::string, std::string> assign_files(const RunOptions& options,
                                                const std::vector<InputSpec>& specs) {
  std::map<std::string, std::string> files;
  for (const auto& [given, file] : options.inputs) {
    if (given.empty() && specs.size() != 1) {
      fail(ErrorCode::kUsage, "--input {}: the model has {} inputs; say NAME=FILE with one of: {}",
           file, specs.size(), names_of(specs));
    }
    const std::string& name = given.empty() ? specs[0].name : given;
    const bool known = std::any_of(specs.begin(), specs.end(),
                                   [&](const InputSpec& spec) { return spec.name == name; });
    if (!known) {
      fail(ErrorCode::kUsage, "--input {}={}: the model has no such input; it has: {}", name, file,
           names_of(specs));
    }
    if (!files.emplace(name, file).second) {
      fail(ErrorCode::kUsage, "--input {}: given twice", name);
    }
  }
  return files;
}

std::unique_ptr<DataSource> open_inputs(const RunOptions& options,
                                        const std::vector<InputSpec>& specs) {
  if (options.inputs.empty()) return synthetic_data(specs, 1, options.seed);
  const auto files = assign_files(options, specs);
  std::vector<std::unique_ptr<DataSource>> parts;
  for (const InputSpec& spec : specs) {
    const auto file = files.find(spec.name);
    if (file == files.end()) fail(ErrorCode::kUsage, "input '{}' is not given", spec.name);
    DataSpec data = options.data;
    data.path = file->second;
    parts.push_back(open_samples(data, {spec}));
    if (parts.back()->size() == parts.front()->size()) continue;
    fail(ErrorCode::kBadInput, "{}: holds {} samples, {} holds {}", file->second,
         parts.back()->size(), files.begin()->second, parts.front()->size());
  }
  return std::make_unique<Zipped>(std::move(parts));
}

// Samples one behind the other along the first dimension.
Tensor joined(const std::vector<Tensor>& parts) {
  if (parts.size() == 1) return parts.front();
  Shape shape = parts.front().shape();
  if (shape.empty()) shape = {1};
  shape[0] *= static_cast<int64_t>(parts.size());
  Tensor whole(parts.front().type(), shape);
  char* to = whole.mutable_data<char>();
  for (const Tensor& part : parts) {
    if (part.shape() != parts.front().shape() || part.type() == DataType::kString) {
      fail(ErrorCode::kUnsupported, "outputs of several samples differ in shape; give one sample");
    }
    to = std::copy_n(part.data<char>(), part.byte_size(), to);
  }
  return whole;
}

Tensor owned(const Tensor& tensor) {
  Tensor copy(tensor.type(), tensor.shape(), tensor.layout());
  if (tensor.type() == DataType::kString) {
    std::copy_n(tensor.data<std::string>(), tensor.size(), copy.mutable_data<std::string>());
  } else if (tensor.byte_size() > 0) {
    std::copy_n(tensor.data<char>(), tensor.byte_size(), copy.mutable_data<char>());
  }
  return copy;
}

}  // namespace

RunResult run(const RunOptions& options) {
  Model model = load_executable(options.model, options.input_shapes);
  const auto data = open_inputs(options, input_specs(model, options.input_shapes));
  EngineOptions engine_options;
  engine_options.threads = options.threads;
  engine_options.input_shapes = options.input_shapes;
  engine_options.profile = options.profile;
  Engine engine(model.graph, model.opset(), engine_options);
  std::vector<Sample> samples;
  for (int64_t i = 0; i < data->size(); ++i) samples.push_back(data->load(i));
  const std::vector<ValueId>& outputs = model.graph.outputs();
  std::vector<std::vector<Tensor>> parts(outputs.size());
  RunResult result;
  for (int64_t repeat = 0; repeat < std::max<int64_t>(options.repeat, 1); ++repeat) {
    for (auto& part : parts) part.clear();
    const auto start = Clock::now();
    engine.run(
        data->size(), [&](int64_t i) { return samples[static_cast<size_t>(i)].inputs; },
        [&](int64_t, const std::vector<Tensor>& made) {
          for (size_t k = 0; k < made.size(); ++k) parts[k].push_back(owned(made[k]));
        });
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    result.seconds = repeat == 0 ? seconds : std::min(result.seconds, seconds);
  }
  for (size_t k = 0; k < outputs.size(); ++k) {
    result.outputs.emplace_back(model.graph.value(outputs[k]).name, joined(parts[k]));
  }
  if (options.profile) {
    result.profile = node_times(engine);
    result.chrome_trace = engine.chrome_trace();
  }
  return result;
}

}  // namespace edgeopt
