// save_model, serialize_model, serialize_tensor.
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "base/file.h"
#include "base/format.h"
#include "onnx/attributes.h"
#include "onnx/model_io.h"

namespace edgeopt {
namespace {

void type_to_proto(const ValueType& type, onnx::TypeProto& proto) {
  if (!type.opaque.empty()) {
    proto.ParseFromString(type.opaque);
    return;
  }
  if (type.type == DataType::kUndefined && !type.dims) return;
  auto& tensor = *proto.mutable_tensor_type();
  tensor.set_elem_type(static_cast<int32_t>(type.type));
  if (!type.dims) return;
  auto& shape = *tensor.mutable_shape();
  for (const Dimension& dimension : *type.dims) {
    auto& made = *shape.add_dim();
    if (dimension.value >= 0) {
      made.set_dim_value(dimension.value);
    } else if (!dimension.symbol.empty()) {
      made.set_dim_param(dimension.symbol);
    }
  }
}

// Receives the weights that go to a file beside the model.
class ExternalData {
 public:
  ExternalData(const std::filesystem::path& model)
      : name_(model.filename().string() + ".data"), file_(model.string() + ".data") {}

  void add(const Tensor& tensor, const std::string& name, onnx::TensorProto& proto) {
    constexpr size_t kAlignment = 4096;
    static constexpr char kPadding[kAlignment] = {};
    const size_t padding = (kAlignment - offset_ % kAlignment) % kAlignment;
    file_.write(kPadding, padding);
    offset_ += padding;
    file_.write(tensor.raw(), tensor.byte_size());
    proto.set_name(name);
    proto.set_data_type(static_cast<int32_t>(tensor.type()));
    for (const int64_t dimension : tensor.shape()) proto.add_dims(dimension);
    proto.set_data_location(onnx::TensorProto::EXTERNAL);
    const auto entry = [&](const char* key, const std::string& value) {
      auto& made = *proto.add_external_data();
      made.set_key(key);
      made.set_value(value);
    };
    entry("location", name_);
    entry("offset", std::to_string(offset_));
    entry("length", std::to_string(tensor.byte_size()));
    offset_ += tensor.byte_size();
  }

  void commit() { file_.commit(); }

 private:
  std::string name_;
  AtomicFile file_;
  size_t offset_ = 0;
};

void node_to_proto(const Graph& graph, const Node& node, onnx::NodeProto& proto) {
  if (!node.opaque.empty()) proto.ParseFromString(node.opaque);
  if (!node.name.empty()) proto.set_name(node.name);
  proto.set_op_type(node.op_type);
  if (!node.domain.empty()) proto.set_domain(node.domain);
  const auto name = [&](ValueId id) { return id.valid() ? graph.value(id).name : std::string(); };
  for (const ValueId input : node.inputs) proto.add_input(name(input));
  for (const ValueId output : node.outputs) proto.add_output(name(output));
  for (const Attribute& attribute : node.attributes) {
    attribute_to_proto(attribute, *proto.add_attribute());
  }
}

void info_to_proto(const Value& value, onnx::ValueInfoProto& proto) {
  if (!value.info_opaque.empty()) proto.ParseFromString(value.info_opaque);
  proto.set_name(value.name);
  type_to_proto(value.type, *proto.mutable_type());
}

void graph_to_proto(const Graph& graph, ExternalData* external, onnx::GraphProto& proto) {
  if (!graph.opaque.empty()) proto.ParseFromString(graph.opaque);
  if (!graph.name.empty()) proto.set_name(graph.name);
  std::vector<bool> listed(graph.value_capacity());
  for (const ValueId id : graph.inputs()) {
    info_to_proto(graph.value(id), *proto.add_input());
    listed[static_cast<size_t>(id.index)] = true;
  }
  for (const ValueId id : graph.outputs()) {
    info_to_proto(graph.value(id), *proto.add_output());
    listed[static_cast<size_t>(id.index)] = true;
  }
  constexpr size_t kSmall = 1024;  // bytes that stay in the model file
  for (const ValueId id : graph.constants()) {
    const Value& value = graph.value(id);
    auto& tensor = *proto.add_initializer();
    if (external != nullptr && value.constant->byte_size() > kSmall) {
      external->add(*value.constant, value.name, tensor);
    } else {
      tensor_to_proto(*value.constant, value.name, tensor);
    }
  }
  for (const NodeId id : graph.topological_order()) {
    node_to_proto(graph, graph.node(id), *proto.add_node());
  }
  for (size_t i = 0; i < graph.value_capacity(); ++i) {
    const Value& value = graph.value(ValueId{static_cast<int32_t>(i)});
    const bool alive = value.producer.valid() || value.is_constant();
    if (value.declared && alive && !listed[i]) info_to_proto(value, *proto.add_value_info());
  }
}

onnx::ModelProto model_to_proto(const Model& model, ExternalData* external) {
  onnx::ModelProto proto;
  if (!model.opaque.empty()) proto.ParseFromString(model.opaque);
  proto.set_ir_version(model.ir_version);
  if (!model.producer_name.empty()) proto.set_producer_name(model.producer_name);
  if (!model.producer_version.empty()) proto.set_producer_version(model.producer_version);
  for (const auto& [domain, version] : model.opsets) {
    auto& opset = *proto.add_opset_import();
    opset.set_domain(domain);
    opset.set_version(version);
  }
  graph_to_proto(model.graph, external, *proto.mutable_graph());
  return proto;
}

int64_t weight_bytes(const Graph& graph) {
  int64_t bytes = 0;
  for (const ValueId id : graph.constants()) {
    bytes += static_cast<int64_t>(graph.constant(id)->byte_size());
  }
  return bytes;
}

}  // namespace

std::string serialize_model(const Model& model) {
  return model_to_proto(model, nullptr).SerializeAsString();
}

void save_model(const Model& model, const std::filesystem::path& path, const SaveOptions& options) {
  std::optional<ExternalData> external;
  if (weight_bytes(model.graph) > options.external_data_above) external.emplace(path);
  const std::string bytes =
      model_to_proto(model, external ? &*external : nullptr).SerializeAsString();
  AtomicFile file(path);
  file.write(bytes);
  if (external) external->commit();
  file.commit();
}

std::string serialize_tensor(const Tensor& tensor, const std::string& name) {
  onnx::TensorProto proto;
  tensor_to_proto(tensor, name, proto);
  return proto.SerializeAsString();
}

}  // namespace edgeopt
