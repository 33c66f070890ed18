// save_model, serialize_model, serialize_tensor.
#include <google/protobuf/io/coded_stream.h>

#include <functional>

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

// All of a tensor but its elements.
void describe_tensor(const Tensor& tensor, const std::string& name, onnx::TensorProto& proto) {
  proto.set_name(name);
  proto.set_data_type(static_cast<int32_t>(tensor.type()));
  for (const int64_t dimension : tensor.shape()) proto.add_dims(dimension);
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
    describe_tensor(tensor, name, proto);
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

// Without the initializers.
void graph_to_proto(const Graph& graph, onnx::GraphProto& proto) {
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
  for (const NodeId id : graph.topological_order()) {
    node_to_proto(graph, graph.node(id), *proto.add_node());
  }
  for (size_t i = 0; i < graph.value_capacity(); ++i) {
    const Value& value = graph.value(ValueId{static_cast<int32_t>(i)});
    const bool alive = value.producer.valid() || value.is_constant();
    if (value.declared && alive && !listed[i]) info_to_proto(value, *proto.add_value_info());
  }
}

// Without the initializers.
onnx::ModelProto model_to_proto(const Model& model) {
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
  graph_to_proto(model.graph, *proto.mutable_graph());
  return proto;
}

using Sink = std::function<void(const void* data, size_t size)>;

// Field `number` of a message, `size` bytes long: what stands before the bytes.
std::string field_head(int number, size_t size) {
  constexpr int kLengthDelimited = 2;
  uint8_t bytes[20];
  using google::protobuf::io::CodedOutputStream;
  uint8_t* end = CodedOutputStream::WriteVarint32ToArray(
      static_cast<uint32_t>(number << 3 | kLengthDelimited), bytes);
  end = CodedOutputStream::WriteVarint64ToArray(size, end);
  return {bytes, end};
}

// An initializer as a field of the graph: `head` and then `size` bytes at `raw`.
struct Piece {
  std::string head;
  const void* raw = nullptr;
  size_t size = 0;
};

Piece piece_of(const Value& value, ExternalData* external) {
  constexpr size_t kSmall = 1024;  // bytes that stay in the model file
  const Tensor& tensor = *value.constant;
  onnx::TensorProto proto;
  Piece piece;
  std::string raw_head;
  if (external != nullptr && tensor.byte_size() > kSmall) {
    external->add(tensor, value.name, proto);
  } else if (tensor.type() == DataType::kString) {
    tensor_to_proto(tensor, value.name, proto);
  } else {
    describe_tensor(tensor, value.name, proto);
    piece.raw = tensor.raw();
    piece.size = tensor.byte_size();
    raw_head = field_head(onnx::TensorProto::kRawDataFieldNumber, piece.size);
  }
  const std::string body = proto.SerializeAsString() + raw_head;
  const size_t size = body.size() + piece.size;
  piece.head = field_head(onnx::GraphProto::kInitializerFieldNumber, size) + body;
  return piece;
}

// The wire form of the model, piece by piece, so that no weight is copied.
void write_model(const Model& model, ExternalData* external, const Sink& sink) {
  onnx::ModelProto proto = model_to_proto(model);
  const std::string graph = proto.graph().SerializeAsString();
  proto.clear_graph();
  const std::string rest = proto.SerializeAsString();
  std::vector<Piece> pieces;
  size_t size = graph.size();
  for (const ValueId id : model.graph.constants()) {
    pieces.push_back(piece_of(model.graph.value(id), external));
    size += pieces.back().head.size() + pieces.back().size;
  }
  const std::string head = field_head(onnx::ModelProto::kGraphFieldNumber, size);
  sink(rest.data(), rest.size());
  sink(head.data(), head.size());
  sink(graph.data(), graph.size());
  for (const Piece& piece : pieces) {
    sink(piece.head.data(), piece.head.size());
    if (piece.size > 0) sink(piece.raw, piece.size);
  }
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
  std::string bytes;
  write_model(model, nullptr, [&](const void* data, size_t size) {
    bytes.append(static_cast<const char*>(data), size);
  });
  return bytes;
}

void save_model(const Model& model, const std::filesystem::path& path, const SaveOptions& options) {
  std::optional<ExternalData> external;
  if (weight_bytes(model.graph) > options.external_data_above) external.emplace(path);
  AtomicFile file(path);
  write_model(model, external ? &*external : nullptr,
              [&](const void* data, size_t size) { file.write(data, size); });
  if (external) external->commit();
  file.commit();
}

std::string serialize_tensor(const Tensor& tensor, const std::string& name) {
  onnx::TensorProto proto;
  tensor_to_proto(tensor, name, proto);
  return proto.SerializeAsString();
}

}  // namespace edgeopt
