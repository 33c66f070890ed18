// Shapes, types and shape-dependent constants of every value, for given input shapes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "edgeopt/graph.h"
#include "ops/op.h"

namespace edgeopt {

struct InferredValue {
  DataType type = DataType::kUndefined;
  std::optional<Shape> shape;  // nullopt: not known before execution
  std::optional<Tensor>
      value;  // known before execution: initializers, and what follows from them and from shapes
  // It, or something before it, is not known before the model runs (NotKnownBefore): type and shape
  // are only what the file declares, or follow from that.
  bool behind_gap = false;
};

struct InferredGraph {
  std::vector<InferredValue> values;  // by ValueId::index
  // The first reason why something could not be inferred (unknown operator, data-dependent shape);
  // empty if nothing.
  std::string gap;
  NodeId gap_node;
  // Why, for every such node. What it makes has its declared type and shape, which nothing has
  // verified.
  std::map<NodeId, std::string> gaps;
  const InferredValue& operator[](ValueId id) const {
    return values[static_cast<size_t>(id.index)];
  }
};

// Goes through the graph once. Nodes whose inputs are all known are computed when the result has at
// most `fold_elements` elements, so that Shape -> Gather -> Concat -> Reshape chains become
// constants. Throws Error(kBadInput) where the graph contradicts itself, naming the node.
InferredGraph infer_shapes(const Graph& graph, int64_t opset,
                           const std::map<ValueId, Shape>& feed_shapes,
                           int64_t fold_elements = 4096);

// The shape of each feed: from `overrides` by input name, else the file's, with a symbolic or
// unknown first dimension set to `batch`. Throws Error(kUsage) naming the input and `--input-shape`
// when another dimension is not known, or when an override does not fit the declared rank or a
// fixed dimension.
std::map<ValueId, Shape> resolve_feed_shapes(const Graph& graph,
                                             const std::map<std::string, Shape>& overrides,
                                             int64_t batch);

}  // namespace edgeopt
