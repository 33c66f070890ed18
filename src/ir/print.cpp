#include "ir/print.h"

#include <algorithm>

#include "base/format.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

uint64_t fnv1a(const void* data, size_t size, uint64_t hash = 0xcbf29ce484222325) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  for (size_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3;
  return hash;
}

template <typename T>
std::string elements(const Tensor& tensor) {
  std::vector<std::string> texts;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if constexpr (std::is_same_v<T, std::string>) {
      texts.push_back(format("\"{}\"", tensor.data<T>()[i]));
    } else {
      texts.push_back(format("{}", static_cast<Wide<T>>(tensor.data<T>()[i])));
    }
  }
  return format("{{{}}}", fmt::join(texts, ", "));
}

std::string print_tensor(const Tensor& tensor) {
  constexpr int64_t kSpelledOut = 8;
  std::string text = format("{}[{}]", name_of(tensor.type()), fmt::join(tensor.shape(), ","));
  using Types = Joined<NumericTypes, BoolTypes, StringTypes>;
  const bool spelled = tensor.size() <= kSpelledOut &&
                       dispatch(tensor.type(), Types(), [&]<typename T>(std::type_identity<T>) {
                         text += " " + elements<T>(tensor);
                       });
  if (spelled) return text;
  if (tensor.type() != DataType::kString) {
    return text + format(" #{:016x}", fnv1a(tensor.raw(), tensor.byte_size()));
  }
  uint64_t hash = fnv1a(nullptr, 0);
  for (int64_t i = 0; i < tensor.size(); ++i) {
    const std::string& element = tensor.data<std::string>()[i];
    hash = fnv1a(element.c_str(), element.size() + 1, hash);
  }
  return text + format(" #{:016x}", hash);
}

struct PrintValue {
  std::string operator()(int64_t value) const { return format("{}", value); }
  std::string operator()(float value) const { return format("{:#}", value); }
  std::string operator()(const std::string& value) const { return format("\"{}\"", value); }
  std::string operator()(const std::vector<int64_t>& values) const {
    return format("[{}]", fmt::join(values, ", "));
  }
  std::string operator()(const std::vector<float>& values) const {
    return format("[{}]", fmt::join(values, ", "));
  }
  std::string operator()(const std::vector<std::string>& values) const {
    return format("[\"{}\"]", fmt::join(values, "\", \""));
  }
  std::string operator()(const Tensor& value) const { return print_tensor(value); }
  std::string operator()(const OpaqueAttribute& value) const {
    return format("opaque #{:016x}", fnv1a(value.bytes.data(), value.bytes.size()));
  }
};

std::string print_attributes(const Node& node) {
  std::vector<const Attribute*> sorted;
  for (const Attribute& attribute : node.attributes) sorted.push_back(&attribute);
  std::sort(sorted.begin(), sorted.end(),
            [](const Attribute* a, const Attribute* b) { return a->name < b->name; });
  std::vector<std::string> texts;
  for (const Attribute* attribute : sorted) {
    texts.push_back(format("{}: {}", attribute->name, std::visit(PrintValue(), attribute->value)));
  }
  return texts.empty() ? "" : format(" {{{}}}", fmt::join(texts, ", "));
}

std::string print_names(const Graph& graph, const std::vector<ValueId>& ids) {
  std::vector<std::string> names;
  for (const ValueId id : ids) names.push_back(id.valid() ? graph.value(id).name : "-");
  return format("{}", fmt::join(names, ", "));
}

std::string print_node(const Graph& graph, const Node& node) {
  std::string text = format("{} = ", print_names(graph, node.outputs));
  text += node.domain.empty() ? node.op_type : format("{}::{}", node.domain, node.op_type);
  if (!node.name.empty()) text += format(" '{}'", node.name);
  text += format(" ({})", print_names(graph, node.inputs));
  if (!node.captured.empty()) text += format(" [{}]", print_names(graph, node.captured));
  return text + print_attributes(node) + "\n";
}

}  // namespace

std::string print_type(const ValueType& type) {
  if (!type.opaque.empty()) return "opaque";
  std::string text = type.type == DataType::kUndefined ? "?" : name_of(type.type);
  if (!type.dims) return text;
  std::vector<std::string> dims;
  for (const Dimension& dim : *type.dims) {
    dims.push_back(dim.value >= 0       ? std::to_string(dim.value)
                   : dim.symbol.empty() ? "?"
                                        : dim.symbol);
  }
  return text + format("[{}]", fmt::join(dims, ","));
}

std::string print_graph(const Graph& graph) {
  std::string text;
  for (const ValueId id : graph.feeds()) {
    const Value& input = graph.value(id);
    text += format("input {}: {}\n", input.name, print_type(input.type));
  }
  for (const ValueId id : graph.constants()) {
    text += format("constant {}: {}\n", graph.value(id).name, print_tensor(*graph.constant(id)));
  }
  for (const NodeId id : graph.topological_order()) text += print_node(graph, graph.node(id));
  for (const ValueId id : graph.outputs()) {
    const Value& output = graph.value(id);
    text += format("output {}: {}\n", output.name, print_type(output.type));
  }
  return text;
}

}  // namespace edgeopt
