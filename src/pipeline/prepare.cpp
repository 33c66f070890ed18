#include "pipeline/prepare.h"

#include <algorithm>
#include <set>

#include "base/format.h"
#include "exec/shapes.h"
#include "onnx/model_io.h"
#include "ops/op.h"
#include "passes/pass.h"

namespace edgeopt {
namespace {

void pin_input_shapes(Model& model, const InputShapes& shapes) {
  const auto resolved = resolve_feed_shapes(model.graph, shapes, 1);
  for (const auto& [id, shape] : resolved) {
    const Value& value = model.graph.value(id);
    if (!shapes.contains(value.name)) continue;
    ValueType type = value.type;
    type.dims.emplace();
    for (const int64_t size : shape) type.dims->push_back({size, {}});
    model.graph.set_type(id, std::move(type));
  }
}

// First dimensions of these names are 1 from now on. Others are left: some converters give every
// open dimension the same name.
void set_batch_to_one(Graph& graph, const std::set<std::string>& symbols) {
  for (size_t i = 0; i < graph.value_capacity(); ++i) {
    const ValueId id{static_cast<int32_t>(i)};
    ValueType type = graph.value(id).type;
    if (!type.dims || type.dims->empty() || !symbols.contains(type.dims->front().symbol)) continue;
    type.dims->front() = {1, {}};
    graph.set_type(id, std::move(type));
  }
}

}  // namespace

Model load_executable(const std::filesystem::path& path, const InputShapes& shapes) {
  return made_executable(load_model(path), shapes);
}

Model made_executable(Model model, const InputShapes& shapes) {
  require_node_forms(model.graph);
  pin_input_shapes(model, shapes);
  const Pass& upgrade = *find_pass("upgrade-opset");
  QuantTable table;
  PassContext context;
  context.input_shapes = shapes;
  upgrade.run(model, table, context, OptionValues(upgrade.name, upgrade.options));
  return model;
}

std::vector<InputSpec> input_specs(const Model& model, const InputShapes& shapes) {
  const auto resolved = resolve_feed_shapes(model.graph, shapes, 1);
  std::vector<InputSpec> specs;
  for (const ValueId id : model.graph.feeds()) {
    const Value& value = model.graph.value(id);
    specs.push_back({value.name, value.type.type, resolved.at(id)});
  }
  return specs;
}

std::unique_ptr<DataSource> open_samples(const DataSpec& spec,
                                         const std::vector<InputSpec>& inputs) {
  return open_data(spec, inputs, parse_tensor);
}

std::vector<std::string> fix_batch(Model& model) {
  std::vector<std::string> fixed;
  std::set<std::string> symbols;
  for (const ValueId id : model.graph.feeds()) {
    ValueType type = model.graph.value(id).type;
    if (!type.dims || type.dims->empty() || type.dims->front().value >= 0) continue;
    symbols.insert(type.dims->front().symbol);
    type.dims->front() = {1, {}};
    model.graph.set_type(id, std::move(type));
    fixed.push_back(model.graph.value(id).name);
  }
  symbols.erase("");
  set_batch_to_one(model.graph, symbols);
  return fixed;
}

int64_t stored_bytes(const std::filesystem::path& path, const Model& model) {
  const auto file = static_cast<int64_t>(std::filesystem::file_size(path));
  int64_t weights = 0;
  for (const ValueId id : model.graph.constants()) {
    weights += static_cast<int64_t>(model.graph.value(id).constant->byte_size());
  }
  return weights > file ? file + weights : file;
}

const Target& target_named(const std::string& name) {
  if (const Target* target = find_target(name)) return *target;
  std::string names;
  for (const Target* target : all_targets()) {
    names += (names.empty() ? "" : ", ") + std::string(target->name);
  }
  fail(ErrorCode::kUsage, "there is no target '{}'; there are: {}", name, names);
}

Subset::Subset(const DataSource& whole, int64_t count)
    : whole_(whole), size_(std::min(count, whole.size())) {}

Sample Subset::load(int64_t index) const { return whole_.load(index * whole_.size() / size_); }

std::string Subset::describe() const {
  if (size_ == whole_.size()) return whole_.describe();
  return format("{} of {}", size_, whole_.describe());
}

}  // namespace edgeopt
