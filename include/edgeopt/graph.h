// The graph: nodes, values and immutable shared weights. It owns everything; use lists are always
// exact, because only the mutators below change edges. Copying a graph is cheap: weights are
// shared.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "edgeopt/tensor.h"

namespace edgeopt {

// Ids are indices into the graph's tables and are never reused. A default id means "none" (an
// omitted optional input).
struct ValueId {
  int32_t index = -1;
  bool valid() const { return index >= 0; }
  auto operator<=>(const ValueId&) const = default;
};
struct NodeId {
  int32_t index = -1;
  bool valid() const { return index >= 0; }
  auto operator<=>(const NodeId&) const = default;
};

// A dimension: a number, a symbol ("N"), or neither (unknown: value -1, empty symbol).
struct Dimension {
  int64_t value = -1;
  std::string symbol;
  bool operator==(const Dimension&) const = default;
};

// The declared type of a value. `opaque` is the serialized TypeProto when it is not a plain tensor
// type; such values are carried through verbatim.
struct ValueType {
  DataType type = DataType::kUndefined;
  std::optional<std::vector<Dimension>> dims;  // nullopt: rank unknown
  std::string opaque;
  // The shape when every dimension is a number.
  std::optional<Shape> static_shape() const;
};

// An attribute that edgeopt does not interpret (subgraphs, sparse tensors, type protos): the
// serialized AttributeProto.
struct OpaqueAttribute {
  std::string bytes;
};
using AttributeValue =
    std::variant<int64_t, float, std::string, std::vector<int64_t>, std::vector<float>,
                 std::vector<std::string>, Tensor, OpaqueAttribute>;
struct Attribute {
  std::string name;
  AttributeValue value;
  std::string doc = {};          // doc_string, carried through
  std::string tensor_name = {};  // of a tensor value, carried through
};

struct Node {
  NodeId id;
  std::string name;
  std::string op_type;
  std::string domain;             // "" is the ONNX domain
  std::vector<ValueId> inputs;    // an omitted optional input is an invalid id
  std::vector<ValueId> outputs;   // likewise
  std::vector<ValueId> captured;  // outer values that the node's subgraphs read; they count as uses
  std::vector<Attribute> attributes;
  std::string opaque;  // serialized NodeProto of the fields that edgeopt does not interpret

  const Attribute* find_attribute(std::string_view name) const;
  // The value, or the default when absent. Throws Error(kBadInput) naming the node when the
  // attribute has another type.
  int64_t int_or(std::string_view name, int64_t fallback) const;
  float float_or(std::string_view name, float fallback) const;
  std::string string_or(std::string_view name, std::string fallback) const;
  std::vector<int64_t> ints_or(std::string_view name, std::vector<int64_t> fallback) const;
  std::vector<float> floats_or(std::string_view name, std::vector<float> fallback) const;
  // Adds the attribute or replaces the one of that name.
  void set_attribute(std::string_view name, AttributeValue value);
  void remove_attribute(std::string_view name);
  // "Conv 'layer1/conv'" or, for an unnamed node, "Conv -> 'output name'" via Graph::describe.
};

struct Use {
  NodeId node;
  int32_t input = 0;  // index into inputs; -1: captured by a subgraph
  auto operator<=>(const Use&) const = default;
};

struct Value {
  ValueId id;
  std::string name;  // unique in the graph
  ValueType type;
  std::optional<Tensor> constant;  // an initializer
  NodeId producer;                 // invalid for inputs and initializers
  std::vector<Use> uses;           // without graph outputs
  std::string info_opaque;  // serialized ValueInfoProto fields that edgeopt does not interpret
  bool declared = false;    // listed in value_info, inputs or outputs of the file
  bool is_constant() const { return constant.has_value(); }
};

class Graph {
 public:
  std::string name;
  std::string opaque;  // serialized GraphProto of the fields that edgeopt does not interpret

  // --- reading
  const Node& node(NodeId id) const { return nodes_[static_cast<size_t>(id.index)]; }
  const Value& value(ValueId id) const { return values_[static_cast<size_t>(id.index)]; }
  bool alive(NodeId id) const { return nodes_[static_cast<size_t>(id.index)].id.valid(); }
  size_t node_capacity() const {
    return nodes_.size();
  }  // upper bound of node ids, removed ones included
  size_t value_capacity() const { return values_.size(); }  // upper bound of value ids
  // Graph inputs in order, including initializers that the file also lists as inputs (IR < 4).
  const std::vector<ValueId>& inputs() const { return inputs_; }
  const std::vector<ValueId>& outputs() const { return outputs_; }
  // Inputs that the caller must feed: those without an initializer.
  std::vector<ValueId> feeds() const;
  // Initializers in file order.
  std::vector<ValueId> constants() const;
  // Live nodes so that producers come before users; the file's order where it already does.
  // Throws Error(kBadInput) naming a node when there is a cycle. Linear in nodes and edges.
  std::vector<NodeId> topological_order() const;
  std::optional<ValueId> find_value(std::string_view name) const;
  bool is_output(ValueId id) const;
  // Uses by nodes plus one for each appearance as a graph output.
  size_t use_count(ValueId id) const;
  // The one node that uses the value, invalid when there are none, several, or it is a graph
  // output.
  NodeId only_user(ValueId id) const;
  const Tensor* constant(ValueId id) const;  // nullptr when `id` is invalid or not a constant
  std::string describe(
      NodeId id) const;  // "Conv 'layer1/conv'"; falls back on the first output's name

  // --- the mutators: the only methods that change edges
  // `name` must be new; an empty one gets a fresh name. Throws Error(kBadInput) on a repeated name.
  ValueId add_value(std::string name, ValueType type = {});
  ValueId add_constant(std::string name, Tensor tensor);
  // Inputs and outputs are value ids of this graph; each output must have no producer yet. Appended
  // to the node order.
  NodeId add_node(Node node);
  void remove_node(NodeId id);  // its outputs lose their producer
  void set_input(NodeId id, size_t index, ValueId value);
  void append_input(NodeId id, ValueId value);
  void set_inputs(NodeId id, std::vector<ValueId> inputs);  // all of them
  // All uses of `from`, graph outputs included, become uses of `to`.
  void replace_uses(ValueId from, ValueId to);
  void set_constant(ValueId id, std::optional<Tensor> tensor);
  void set_graph_inputs(std::vector<ValueId> inputs);
  void set_graph_outputs(std::vector<ValueId> outputs);
  // Moves output `index` of the node to another value that has no producer.
  void set_output(NodeId id, size_t index, ValueId value);

  // --- changes that touch no edge
  Node& edit(NodeId id) {
    return nodes_[static_cast<size_t>(id.index)];
  }  // attributes and names only
  void set_type(ValueId id, ValueType type);
  void set_info(ValueId id, std::string info_opaque, bool declared);
  void rename(ValueId id, std::string name);
  // `stem` itself if no value has that name, else stem_1, stem_2, ...
  std::string fresh_name(const std::string& stem) const;

 private:
  void add_use(ValueId id, Use use);
  void drop_use(ValueId id, Use use);

  std::vector<Node> nodes_;
  std::vector<Value> values_;
  std::vector<ValueId> inputs_;
  std::vector<ValueId> outputs_;
  std::map<std::string, ValueId, std::less<>> by_name_;
};

// A model file: its graph and what surrounds it.
struct Model {
  int64_t ir_version = 8;
  std::map<std::string, int64_t> opsets;  // domain -> version; "" is ONNX's own
  std::string producer_name;
  std::string producer_version;
  std::string opaque;  // serialized ModelProto of all other fields (functions, metadata, training
                       // info, ...)
  std::string path;    // where it was read from; for messages
  Graph graph;

  int64_t opset() const;  // of the ONNX domain; 0 when none is imported
};

}  // namespace edgeopt
