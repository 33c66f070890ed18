// How single operators are brought to a newer or an older opset; the pass upgrade-opset applies
// them. Facts: the operator changelog of ONNX (docs/Changelog.md there).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "edgeopt/graph.h"
#include "passes/known_values.h"

namespace edgeopt {

struct OpsetChange {
  Model& model;
  int64_t from;
  int64_t to;
  const KnownValues* known = nullptr;  // only for rules with `needs_shapes`
  int64_t changes = 0;
};

// Rewrites a node of the form before opset `since` to the form of that opset. Counts itself in
// `changes` when it did anything. Throws Error(kUnsupported) naming the node when it cannot.
struct RaiseRule {
  std::string_view op_type;
  int64_t since;
  void (*apply)(OpsetChange& change, NodeId id);
  bool needs_shapes = false;  // applied last, when all other nodes have their new form
};

// In the order in which they must be applied to one node.
std::span<const RaiseRule> raise_rules();
// The form of the operator differs between the two opsets: a subgraph or function that holds it
// cannot be raised as it is.
bool changes_form(std::string_view op_type, int64_t from, int64_t to);

// Rewrites the node of opset `from` to the older opset `to`. Throws Error(kUnsupported) naming the
// node when it uses what the older one does not have.
void lower_node(OpsetChange& change, NodeId id);
// The operator of opset `from` is the same in `to`, whatever its attributes.
bool same_in_older(std::string_view op_type, int64_t from, int64_t to);

}  // namespace edgeopt
