// InferContext and ComputeContext.
#include <cstring>

#include "base/blame.h"
#include "base/format.h"
#include "ops/op.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

template <typename T>
std::vector<int64_t> widen(const Tensor& tensor) {
  const T* data = tensor.data<T>();
  std::vector<int64_t> values(data, data + tensor.size());
  if constexpr (std::is_same_v<T, int64_t>) {
    for (int64_t& value : values) value = to_axis_length(value);
  }
  return values;
}

std::vector<int64_t> to_ints(const Tensor& tensor, const std::string& where) {
  switch (tensor.type()) {
    case DataType::kInt64: return widen<int64_t>(tensor);
    case DataType::kInt32: return widen<int32_t>(tensor);
    case DataType::kInt16: return widen<int16_t>(tensor);
    case DataType::kInt8: return widen<int8_t>(tensor);
    case DataType::kUint8:
    case DataType::kBool: return widen<uint8_t>(tensor);
    default:
      fail(ErrorCode::kBadInput, "{}: an integer input has type {}", where, name_of(tensor.type()));
  }
}

std::vector<float> to_floats(const Tensor& tensor, const std::string& where) {
  if (tensor.type() == DataType::kFloat) {
    return std::vector<float>(tensor.data<float>(), tensor.data<float>() + tensor.size());
  }
  if (tensor.type() == DataType::kDouble) {
    const double* data = tensor.data<double>();
    std::vector<float> result;
    for (int64_t i = 0; i < tensor.size(); ++i) result.push_back(static_cast<float>(data[i]));
    return result;
  }
  fail(ErrorCode::kUnsupported, "{}: a parameter of type {} is not supported", where,
       name_of(tensor.type()));
}

template <typename Context>
int64_t only_integer(const Context& context, size_t i) {
  const std::vector<int64_t> values = context.ints(i);
  if (values.size() != 1) {
    context.bad(format("input {} has {} elements, not one", i, values.size()));
  }
  return values.front();
}

template <typename Context>
std::vector<int64_t> lengths_attribute(const Context& context, std::string_view name,
                                       std::vector<int64_t> fallback) {
  std::vector<int64_t> values = context.node().ints_or(name, std::move(fallback));
  for (int64_t& value : values) value = to_axis_length(value);
  return values;
}

std::optional<std::vector<int64_t>> axes_attribute(const Node& node) {
  if (node.find_attribute("axes") == nullptr) return std::nullopt;
  return node.ints_or("axes", {});
}

int64_t normalize(int64_t axis, int64_t rank, const std::string& where) {
  if (axis < -rank || axis >= rank) {
    fail(ErrorCode::kBadInput, "{}: axis {} is outside a tensor of rank {}", where, axis, rank);
  }
  return axis < 0 ? axis + rank : axis;
}

}  // namespace

InferContext::InferContext(const Graph& graph, const Node& node, int64_t opset,
                           std::vector<ValueInfo> inputs)
    : graph_(graph),
      node_(node),
      opset_(opset),
      inputs_(std::move(inputs)),
      outputs_(node.outputs.size()) {}

const ValueInfo& InferContext::input(size_t i) const {
  if (!has_input(i)) bad(format("input {} is missing", i));
  return inputs_[i];
}

bool InferContext::has_output(size_t i) const {
  return i < node_.outputs.size() && node_.outputs[i].valid();
}

DataType InferContext::type(size_t i) const { return input(i).type; }

const Shape& InferContext::shape(size_t i) const {
  const ValueInfo& info = input(i);
  if (!info.shape) not_known(format("the shape of input {} is not known before execution", i));
  return *info.shape;
}

std::vector<int64_t> InferContext::ints(size_t i) const {
  const ValueInfo& info = input(i);
  if (info.value == nullptr) not_known(format("input {} must be constant", i));
  return to_ints(*info.value, describe());
}

int64_t InferContext::integer(size_t i) const { return only_integer(*this, i); }

std::vector<int64_t> InferContext::lengths(std::string_view name,
                                           std::vector<int64_t> fallback) const {
  return lengths_attribute(*this, name, std::move(fallback));
}

std::vector<float> InferContext::floats(size_t i) const {
  const ValueInfo& info = input(i);
  if (info.value == nullptr) not_known(format("input {} must be constant", i));
  return to_floats(*info.value, describe());
}

void InferContext::require_same_types(size_t from) const {
  for (size_t i = from; i < input_count(); ++i) {
    if (!has_input(i) || type(i) == type(0)) continue;
    bad(format("input {} is of type {}, the first of {}", i, name_of(type(i)), name_of(type(0))));
  }
}

int64_t InferContext::normalized_axis(int64_t axis, int64_t rank) const {
  return normalize(axis, rank, describe());
}

std::optional<std::vector<int64_t>> InferContext::axes(size_t i) const {
  if (auto attribute = axes_attribute(node_)) return attribute;
  if (!has_input(i)) return std::nullopt;
  return ints(i);
}

void InferContext::set_output(size_t i, DataType type, Shape shape) {
  if (i >= outputs_.size()) return;
  if (bits_of(type) == 0 && type != DataType::kString) {
    bad(format("its output {} would be of {}", i, name_of(type)));
  }
  require_makeable(type, shape);
  outputs_[i].type = type;
  outputs_[i].shape = std::move(shape);
}

void InferContext::set_output_value(size_t i, Tensor value) {
  if (i >= outputs_.size()) return;
  outputs_[i].type = value.type();
  outputs_[i].shape = value.shape();
  outputs_[i].value = std::move(value);
}

std::string InferContext::describe() const { return graph_.describe(node_.id); }

void InferContext::bad(const std::string& why) const {
  fail(ErrorCode::kBadInput, "{}: {}", describe(), why);
}

void InferContext::unsupported(const std::string& why) const {
  fail(ErrorCode::kUnsupported, "{}: {}", describe(), why);
}

void InferContext::not_known(const std::string& why) const {
  throw NotKnownBefore(format("{}: {}", describe(), why));
}

void infer_outputs(const Operator& op, InferContext& context) {
  blaming([&] { return context.describe(); }, [&] { op.infer(context); });
  for (size_t i = 0; i < context.output_count(); ++i) {
    if (!context.has_output(i) || context.outputs()[i].shape) continue;
    context.unsupported(format("output {} is not supported", i));
  }
}

void compute_outputs(const Operator& op, ComputeContext& context) {
  blaming([&] { return context.describe(); }, [&] { op.compute(context); });
}

ComputeContext::ComputeContext(const Graph& graph, const Node& node, int64_t opset,
                               std::vector<const Tensor*> inputs, std::vector<Tensor*> outputs)
    : graph_(graph),
      node_(node),
      opset_(opset),
      inputs_(std::move(inputs)),
      outputs_(std::move(outputs)) {}

const Tensor& ComputeContext::input(size_t i) const {
  if (!has_input(i)) bad(format("input {} is missing", i));
  return *inputs_[i];
}

Tensor& ComputeContext::output(size_t i) const {
  check(has_output(i), "the output is wanted");
  return *outputs_[i];
}

std::vector<int64_t> ComputeContext::ints(size_t i) const { return to_ints(input(i), describe()); }

int64_t ComputeContext::integer(size_t i) const { return only_integer(*this, i); }

std::vector<int64_t> ComputeContext::lengths(std::string_view name,
                                             std::vector<int64_t> fallback) const {
  return lengths_attribute(*this, name, std::move(fallback));
}

std::vector<float> ComputeContext::floats(size_t i) const {
  return to_floats(input(i), describe());
}

std::optional<std::vector<int64_t>> ComputeContext::axes(size_t i) const {
  if (auto attribute = axes_attribute(node_)) return attribute;
  if (!has_input(i)) return std::nullopt;
  return ints(i);
}

int64_t ComputeContext::normalized_axis(int64_t axis, int64_t rank) const {
  return normalize(axis, rank, describe());
}

std::string ComputeContext::describe() const { return graph_.describe(node_.id); }

void ComputeContext::bad(const std::string& why) const {
  fail(ErrorCode::kBadInput, "{}: {}", describe(), why);
}

void ComputeContext::unsupported(const std::string& why) const {
  fail(ErrorCode::kUnsupported, "{}: {}", describe(), why);
}

}  // namespace edgeopt
