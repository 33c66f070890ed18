// load_model, parse_model, parse_tensor.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <limits>
#include <set>

#include "base/file.h"
#include "base/format.h"
#include "onnx/attributes.h"
#include "onnx/model_io.h"

namespace edgeopt {
namespace {

constexpr int kMaxNesting = 200;

// Protobuf would print its own complaints to stderr; parse failures are reported as Errors.
template <typename Proto>
bool parse_quietly(Proto& proto, std::string_view bytes) {
  const google::protobuf::LogSilencer silencer;
  google::protobuf::io::ArrayInputStream raw(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream stream(&raw);
  stream.SetRecursionLimit(kMaxNesting);
  stream.SetTotalBytesLimit(std::numeric_limits<int>::max());
  return proto.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage();
}

ValueType type_from_proto(const onnx::TypeProto& proto) {
  ValueType type;
  if (!proto.has_tensor_type() || !proto.denotation().empty()) {
    type.opaque = proto.SerializeAsString();
  }
  if (!proto.has_tensor_type()) return type;
  type.type = static_cast<DataType>(proto.tensor_type().elem_type());
  if (!proto.tensor_type().has_shape()) return type;
  type.dims.emplace();
  for (const auto& dimension : proto.tensor_type().shape().dim()) {
    if (!dimension.denotation().empty()) type.opaque = proto.SerializeAsString();
    Dimension made;
    if (dimension.has_dim_value()) made.value = dimension.dim_value();
    if (dimension.has_dim_param()) made.symbol = dimension.dim_param();
    type.dims->push_back(std::move(made));
  }
  return type;
}

class GraphReader {
 public:
  GraphReader(onnx::GraphProto& proto, const TensorOrigin& origin)
      : proto_(proto), origin_(origin) {}

  Graph read() {
    graph_.name = proto_.name();
    for (auto& tensor : *proto_.mutable_initializer()) read_initializer(tensor);
    std::vector<ValueId> inputs;
    for (const auto& info : proto_.input()) inputs.push_back(read_info(info));
    graph_.set_graph_inputs(inputs);
    read_sparse();
    for (auto& node : *proto_.mutable_node()) read_node(node);
    for (const auto& info : proto_.value_info()) {
      if (graph_.find_value(info.name())) read_info(info);
    }
    std::vector<ValueId> outputs;
    for (const auto& info : proto_.output()) outputs.push_back(read_info(info));
    graph_.set_graph_outputs(outputs);
    check_producers(inputs);
    keep_rest();
    return std::move(graph_);
  }

 private:
  [[noreturn]] void bad(const std::string& why) const {
    fail(ErrorCode::kBadInput, "{}: {}", origin_.model.string(), why);
  }

  void read_initializer(onnx::TensorProto& proto) {
    const std::string name = proto.name();
    if (graph_.find_value(name)) bad(format("two initializers are named '{}'", name));
    graph_.add_constant(name, tensor_from_proto(proto, origin_));
  }

  void read_sparse() {
    for (const auto& sparse : proto_.sparse_initializer()) {
      opaque_values_.insert(value_named(sparse.values().name()));
    }
  }

  ValueId read_info(const onnx::ValueInfoProto& info) {
    if (info.name().empty()) bad("a graph input or output has no name");
    const ValueId id = value_named(info.name());
    if (!graph_.value(id).is_constant()) graph_.set_type(id, type_from_proto(info.type()));
    onnx::ValueInfoProto rest = info;
    rest.clear_name();
    rest.clear_type();
    graph_.set_info(id, rest.SerializeAsString(), true);
    return id;
  }

  ValueId value_named(const std::string& name) {
    if (name.empty()) return {};
    if (const auto found = graph_.find_value(name)) return *found;
    return graph_.add_value(name);
  }

  void read_node(onnx::NodeProto& proto) {
    Node node;
    node.name = proto.name();
    node.op_type = proto.op_type();
    node.domain = proto.domain();
    for (const std::string& name : proto.input()) node.inputs.push_back(value_named(name));
    for (const std::string& name : proto.output()) node.outputs.push_back(value_named(name));
    std::set<std::string> captured;
    for (auto& attribute : *proto.mutable_attribute()) {
      collect_captures(attribute, captured);
      node.attributes.push_back(attribute_from_proto(attribute, origin_));
    }
    for (const std::string& name : captured) node.captured.push_back(value_named(name));
    proto.clear_name();
    proto.clear_op_type();
    proto.clear_domain();
    proto.clear_input();
    proto.clear_output();
    proto.clear_attribute();
    node.opaque = proto.SerializeAsString();
    try {
      graph_.add_node(std::move(node));
    } catch (const Error& error) {
      bad(error.what());
    }
  }

  // Every value that is read must come from somewhere.
  void check_producers(const std::vector<ValueId>& inputs) const {
    std::set<ValueId> known(inputs.begin(), inputs.end());
    for (size_t i = 0; i < graph_.value_capacity(); ++i) {
      const Value& value = graph_.value(ValueId{static_cast<int32_t>(i)});
      const bool made = value.producer.valid() || value.is_constant();
      if (value.producer.valid() && value.is_constant()) {
        bad(format("'{}' is an initializer and the output of {}", value.name,
                   graph_.describe(value.producer)));
      }
      if (value.producer.valid() && known.contains(value.id)) {
        bad(format("'{}' is a graph input and the output of {}", value.name,
                   graph_.describe(value.producer)));
      }
      if (made || known.contains(value.id) || opaque_values_.contains(value.id)) continue;
      if (!value.uses.empty()) {
        bad(format("{} reads '{}', which nothing makes", graph_.describe(value.uses[0].node),
                   value.name));
      }
      if (graph_.is_output(value.id)) bad(format("nothing makes the output '{}'", value.name));
    }
    try {
      graph_.topological_order();
    } catch (const Error& error) {
      bad(error.what());
    }
  }

  void keep_rest() {
    proto_.clear_name();
    proto_.clear_initializer();
    proto_.clear_input();
    proto_.clear_output();
    proto_.clear_node();
    for (int i = proto_.value_info_size() - 1; i >= 0; --i) {
      if (graph_.find_value(proto_.value_info(i).name())) {
        proto_.mutable_value_info()->DeleteSubrange(i, 1);
      }
    }
    graph_.opaque = proto_.SerializeAsString();
  }

  onnx::GraphProto& proto_;
  const TensorOrigin& origin_;
  Graph graph_;
  std::set<ValueId> opaque_values_;  // sparse initializers
};

Model model_from_proto(onnx::ModelProto& proto, const std::filesystem::path& path) {
  constexpr int64_t kNewestIr = 13;
  if (!proto.has_graph() || proto.ir_version() < 1) {
    fail(ErrorCode::kBadInput, "{}: is not an ONNX model", path.string());
  }
  if (proto.ir_version() > kNewestIr) {
    fail(ErrorCode::kUnsupported, "{}: IR version {} is newer than {}; save it with an older one",
         path.string(), proto.ir_version(), kNewestIr);
  }
  Model model;
  model.path = path.string();
  model.ir_version = proto.ir_version();
  for (const auto& opset : proto.opset_import()) {
    model.opsets[opset.domain() == "ai.onnx" ? "" : opset.domain()] = opset.version();
  }
  if (model.opsets.empty()) model.opsets[""] = 1;
  model.producer_name = proto.producer_name();
  model.producer_version = proto.producer_version();
  const TensorOrigin origin{path};
  model.graph = GraphReader(*proto.mutable_graph(), origin).read();
  proto.clear_graph();
  proto.clear_ir_version();
  proto.clear_opset_import();
  proto.clear_producer_name();
  proto.clear_producer_version();
  model.opaque = proto.SerializeAsString();
  return model;
}

}  // namespace

Model parse_model(std::string_view bytes, const std::filesystem::path& path) {
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    fail(ErrorCode::kUnsupported, "{}: is over 2 GB; store its weights as external data",
         path.string());
  }
  onnx::ModelProto proto;
  if (bytes.empty() || !parse_quietly(proto, bytes)) {
    fail(ErrorCode::kBadInput, "{}: is not an ONNX model, or is cut off", path.string());
  }
  return model_from_proto(proto, path);
}

Model load_model(const std::filesystem::path& path) {
  const MappedFile file = map_file(path);
  return parse_model({file.data, file.size}, path);
}

Tensor parse_tensor(std::string_view bytes, const std::filesystem::path& path) {
  onnx::TensorProto proto;
  if (!parse_quietly(proto, bytes) || proto.data_type() == 0) {
    fail(ErrorCode::kBadInput, "{}: is not an ONNX tensor", path.string());
  }
  return tensor_from_proto(proto, TensorOrigin{path});
}

}  // namespace edgeopt
