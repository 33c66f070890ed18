// AttributeProto to Attribute and back.
#pragma once

#include <set>
#include <string>

#include "edgeopt/graph.h"
#include "onnx/tensor_proto.h"

namespace edgeopt {

Attribute attribute_from_proto(onnx::AttributeProto& proto, const TensorOrigin& origin);
void attribute_to_proto(const Attribute& attribute, onnx::AttributeProto& proto);

// Names that the subgraphs of the attribute read from outside.
void collect_captures(const onnx::AttributeProto& proto, std::set<std::string>& names);

}  // namespace edgeopt
