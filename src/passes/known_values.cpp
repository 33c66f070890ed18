#include "passes/known_values.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/format.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

// Sizes of an open batch in the two trials: no rounding to a multiple makes them equal. The third
// is for graphs that take no other batch than one, whatever they declare.
constexpr std::array<int64_t, 3> kBatch = {3, 8, 1};
constexpr size_t kBatchOfOne = 2;

// Size of an open dimension that is not the batch: `given` is what the user says, -1 for nothing.
int64_t trial_size(int64_t given, size_t rank, size_t trial) {
  if (given > 0) return trial == 0 ? given : given * 2;
  if (rank >= 4) return trial == 0 ? 224 : 352;
  return trial == 0 ? 16 : 24;
}

bool is_open(const Dimension& dim) { return dim.value < 0; }

Shape trial_shape(const std::vector<Dimension>& dims, const Shape* given, size_t trial) {
  Shape shape;
  for (size_t i = 0; i < dims.size(); ++i) {
    const int64_t wanted = given != nullptr && i < given->size() ? (*given)[i] : -1;
    if (!is_open(dims[i])) {
      shape.push_back(dims[i].value);
    } else {
      shape.push_back(i == 0 ? kBatch[trial] : trial_size(wanted, dims.size(), trial));
    }
  }
  return shape;
}

std::map<ValueId, Shape> trial_shapes(const Graph& graph, const PassContext& context,
                                      size_t trial) {
  std::map<ValueId, Shape> shapes;
  for (const ValueId id : graph.feeds()) {
    const Value& feed = graph.value(id);
    if (!feed.type.dims) continue;
    const auto given = context.input_shapes.find(feed.name);
    const bool found = given != context.input_shapes.end();
    shapes[id] = trial_shape(*feed.type.dims, found ? &given->second : nullptr, trial);
  }
  return shapes;
}

}  // namespace

KnownValues::KnownValues(const Model& model, const PassContext& context, int64_t fold_elements) {
  constexpr int64_t kForm = 13;
  if (model.opset() > 0 && model.opset() < kForm) {
    fail(ErrorCode::kUsage, "the model is of opset {}: run the pass upgrade-opset first",
         model.opset());
  }
  const Graph& graph = model.graph;
  bool open_batch = false;
  bool open_rest = false;
  for (const ValueId id : graph.feeds()) {
    const auto& dims = graph.value(id).type.dims;
    if (!dims || dims->empty()) continue;
    open_batch = open_batch || is_open(dims->front());
    open_rest = open_rest || std::any_of(dims->begin() + 1, dims->end(), is_open);
  }
  // Two trials for open dimensions; a batch of one; and, where sizes that were tried do not suit
  // the graph, none at all. Only the last attempt may say that the graph contradicts itself.
  std::vector<std::vector<std::map<ValueId, Shape>>> attempts;
  if (open_batch || open_rest) {
    attempts.push_back({trial_shapes(graph, context, 0), trial_shapes(graph, context, 1)});
  }
  if (open_batch && !open_rest) attempts.push_back({trial_shapes(graph, context, kBatchOfOne)});
  attempts.push_back({{}});
  for (const auto& attempt : attempts) {
    try {
      probes_.clear();
      for (const auto& shapes : attempt) {
        probes_.push_back(infer_shapes(graph, model.opset(), shapes, fold_elements));
      }
      return;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kBadInput || &attempt == &attempts.back()) throw;
    }
  }
}

const InferredValue* KnownValues::find(size_t probe, ValueId id) const {
  if (!id.valid() || static_cast<size_t>(id.index) >= probes_[probe].values.size()) return nullptr;
  return &probes_[probe][id];
}

DataType KnownValues::type(ValueId id) const {
  const InferredValue* found = find(0, id);
  return found == nullptr ? DataType::kUndefined : found->type;
}

std::optional<int64_t> KnownValues::rank(ValueId id) const {
  const auto known = dims(id);
  if (!known) return std::nullopt;
  return static_cast<int64_t>(known->size());
}

std::optional<std::vector<int64_t>> KnownValues::dims(ValueId id) const {
  const InferredValue* first = find(0, id);
  if (first == nullptr || !first->shape) return std::nullopt;
  std::vector<int64_t> dims = *first->shape;
  if (probes_.size() == 1) return dims;
  const InferredValue* second = find(1, id);
  if (!second->shape || second->shape->size() != dims.size()) return std::nullopt;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] != (*second->shape)[i]) dims[i] = -1;
  }
  return dims;
}

int64_t KnownValues::dim(ValueId id, size_t axis) const {
  const auto known = dims(id);
  return known && axis < known->size() ? (*known)[axis] : -1;
}

bool KnownValues::same_shape(ValueId a, ValueId b) const {
  for (size_t i = 0; i < probes_.size(); ++i) {
    const InferredValue* x = find(i, a);
    const InferredValue* y = find(i, b);
    if (x == nullptr || y == nullptr || !x->shape || x->shape != y->shape) return false;
  }
  return true;
}

const Tensor* KnownValues::value(ValueId id) const {
  const InferredValue* first = find(0, id);
  if (first == nullptr || !first->value) return nullptr;
  if (probes_.size() == 2) {
    const InferredValue* second = find(1, id);
    if (!second->value || !same_tensor(*first->value, *second->value)) return nullptr;
  }
  return &*first->value;
}

std::optional<KnownValues::Ints> KnownValues::ints(ValueId id) const {
  Ints result;
  for (size_t i = 0; i < probes_.size(); ++i) {
    const InferredValue* found = find(i, id);
    if (found == nullptr || !found->value) return std::nullopt;
    const auto values = ints_of(&*found->value);
    if (!values) return std::nullopt;
    if (i == 0) {
      result = {*values, std::vector<bool>(values->size(), false)};
      continue;
    }
    if (values->size() != result.values.size()) return std::nullopt;
    for (size_t k = 0; k < values->size(); ++k) {
      if (result.values[k] == (*values)[k]) continue;
      result.values[k] = -1;
      result.varies[k] = true;
    }
  }
  return result;
}

bool same_tensor(const Tensor& a, const Tensor& b) {
  if (a.type() != b.type() || a.shape() != b.shape() || a.layout() != b.layout()) return false;
  if (a.raw() == b.raw()) return true;
  if (a.type() == DataType::kString) {
    return std::equal(a.data<std::string>(), a.data<std::string>() + a.size(),
                      b.data<std::string>());
  }
  return a.byte_size() == 0 || std::memcmp(a.raw(), b.raw(), a.byte_size()) == 0;
}

}  // namespace edgeopt
