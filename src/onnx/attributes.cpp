#include "onnx/attributes.h"

namespace edgeopt {
namespace {

using Proto = onnx::AttributeProto;

// Models of IR version 1 have no type: it follows from the field that is set.
Proto::AttributeType type_of(const Proto& proto) {
  if (proto.type() != Proto::UNDEFINED) return proto.type();
  if (proto.has_f()) return Proto::FLOAT;
  if (proto.has_i()) return Proto::INT;
  if (proto.has_s()) return Proto::STRING;
  if (proto.has_t()) return Proto::TENSOR;
  if (proto.floats_size() > 0) return Proto::FLOATS;
  if (proto.ints_size() > 0) return Proto::INTS;
  if (proto.strings_size() > 0) return Proto::STRINGS;
  return Proto::UNDEFINED;
}

AttributeValue value_from_proto(Proto& proto, const TensorOrigin& origin) {
  if (proto.ref_attr_name().empty()) {
    switch (type_of(proto)) {
      case Proto::FLOAT: return proto.f();
      case Proto::INT: return int64_t{proto.i()};
      case Proto::STRING: return proto.s();
      case Proto::TENSOR: return tensor_from_proto(*proto.mutable_t(), origin);
      case Proto::FLOATS: return std::vector<float>(proto.floats().begin(), proto.floats().end());
      case Proto::INTS: return std::vector<int64_t>(proto.ints().begin(), proto.ints().end());
      case Proto::STRINGS:
        return std::vector<std::string>(proto.strings().begin(), proto.strings().end());
      default: break;
    }
  }
  return OpaqueAttribute{proto.SerializeAsString()};
}

struct ValueWriter {
  Proto& proto;
  void operator()(int64_t value) const {
    proto.set_type(Proto::INT);
    proto.set_i(value);
  }
  void operator()(float value) const {
    proto.set_type(Proto::FLOAT);
    proto.set_f(value);
  }
  void operator()(const std::string& value) const {
    proto.set_type(Proto::STRING);
    proto.set_s(value);
  }
  void operator()(const std::vector<int64_t>& value) const {
    proto.set_type(Proto::INTS);
    proto.mutable_ints()->Add(value.begin(), value.end());
  }
  void operator()(const std::vector<float>& value) const {
    proto.set_type(Proto::FLOATS);
    proto.mutable_floats()->Add(value.begin(), value.end());
  }
  void operator()(const std::vector<std::string>& value) const {
    proto.set_type(Proto::STRINGS);
    for (const std::string& text : value) proto.add_strings(text);
  }
  void operator()(const Tensor& value) const {
    proto.set_type(Proto::TENSOR);
    tensor_to_proto(value, "", *proto.mutable_t());
  }
  void operator()(const OpaqueAttribute& value) const { proto.ParseFromString(value.bytes); }
};

void collect_graph_captures(const onnx::GraphProto& graph, std::set<std::string>& names) {
  std::set<std::string> inner;
  for (const auto& input : graph.input()) inner.insert(input.name());
  for (const auto& tensor : graph.initializer()) inner.insert(tensor.name());
  for (const auto& tensor : graph.sparse_initializer()) inner.insert(tensor.values().name());
  for (const auto& node : graph.node()) inner.insert(node.output().begin(), node.output().end());
  std::set<std::string> read;
  for (const auto& node : graph.node()) {
    read.insert(node.input().begin(), node.input().end());
    for (const auto& attribute : node.attribute()) collect_captures(attribute, read);
  }
  for (const auto& output : graph.output()) read.insert(output.name());
  for (const std::string& name : read) {
    if (!name.empty() && !inner.contains(name)) names.insert(name);
  }
}

}  // namespace

Attribute attribute_from_proto(Proto& proto, const TensorOrigin& origin) {
  std::string tensor_name = proto.t().name();
  return {proto.name(), value_from_proto(proto, origin), proto.doc_string(), tensor_name};
}

void attribute_to_proto(const Attribute& attribute, Proto& proto) {
  std::visit(ValueWriter{proto}, attribute.value);
  proto.set_name(attribute.name);
  if (!attribute.doc.empty()) proto.set_doc_string(attribute.doc);
  if (!attribute.tensor_name.empty()) proto.mutable_t()->set_name(attribute.tensor_name);
}

void collect_captures(const Proto& proto, std::set<std::string>& names) {
  if (proto.has_g()) collect_graph_captures(proto.g(), names);
  for (const auto& graph : proto.graphs()) collect_graph_captures(graph, names);
}

}  // namespace edgeopt
