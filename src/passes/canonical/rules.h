// The rules of the pass canonicalize. A rule is tried on each node with its operator; it looks at
// the node and at what makes its inputs, and says whether it changed anything.
#pragma once

#include <span>
#include <string_view>

#include "edgeopt/graph.h"
#include "passes/known_values.h"

namespace edgeopt {

struct CanonicalRule {
  std::string_view op_type;
  // May remove the node; then it returns true.
  bool (*apply)(Graph& graph, const KnownValues& known, NodeId id);
};

std::span<const CanonicalRule> identity_rules();  // operators that hand their input on
std::span<const CanonicalRule> shape_rules();     // chains of Reshape, Transpose and their like
std::span<const CanonicalRule> clamp_rules();     // Relu, Clip, Min and Max: one form, one node
std::span<const CanonicalRule> padding_rules();   // Pad in front of convolution and pooling
std::span<const CanonicalRule> layer_rules();     // arithmetic with constants into layers
std::span<const CanonicalRule> product_rules();   // Einsum that is a product of matrices

}  // namespace edgeopt
