#include "onnx/nested.h"

#include "onnx/protos.h"

namespace edgeopt {
namespace {

template <typename Nodes>
void collect(const Nodes& nodes, const NestedNode& place, std::vector<NestedNode>& found);

void collect(const onnx::AttributeProto& attribute, const NestedNode& place,
             std::vector<NestedNode>& found) {
  if (attribute.has_g()) collect(attribute.g().node(), place, found);
  for (const auto& graph : attribute.graphs()) collect(graph.node(), place, found);
}

template <typename Nodes>
void collect(const Nodes& nodes, const NestedNode& place, std::vector<NestedNode>& found) {
  for (const onnx::NodeProto& node : nodes) {
    NestedNode& nested = found.emplace_back(place);
    nested.name = node.name();
    nested.op_type = node.op_type();
    nested.domain = node.domain() == "ai.onnx" ? "" : node.domain();
    for (const auto& attribute : node.attribute()) collect(attribute, place, found);
  }
}

}  // namespace

std::vector<NestedNode> subgraph_nodes(const Node& node) {
  std::vector<NestedNode> found;
  for (const Attribute& attribute : node.attributes) {
    const auto* opaque = std::get_if<OpaqueAttribute>(&attribute.value);
    onnx::AttributeProto proto;
    if (opaque != nullptr && proto.ParseFromString(opaque->bytes)) collect(proto, {}, found);
  }
  return found;
}

std::vector<NestedNode> function_nodes(const Model& model) {
  std::vector<NestedNode> found;
  onnx::ModelProto proto;
  if (model.opaque.empty() || !proto.ParseFromString(model.opaque)) return found;
  for (const auto& function : proto.functions()) {
    NestedNode place;
    place.function = function.name();
    for (const auto& import : function.opset_import()) {
      if (import.domain().empty() || import.domain() == "ai.onnx") place.opset = import.version();
    }
    collect(function.node(), place, found);
  }
  return found;
}

}  // namespace edgeopt
