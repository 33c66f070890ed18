// Where a target wants quantizers: a pure function of the graph and the target's policy.
#pragma once

#include <string>
#include <vector>

#include "edgeopt/graph.h"
#include "exec/shapes.h"
#include "targets/target.h"

namespace edgeopt {

// One tensor that gets a quantizer.
struct PlacedQuantizer {
  ValueId value;
  std::string
      key;  // of its entry in the quantization table; shared by data movement and by concat inputs
  bool primary = false;  // the tensor whose range decides the entry
  bool all_uses = true;  // every use and graph output reads the quantized value; else only `uses`
  std::vector<Use> uses;
};

struct Placement {
  std::vector<PlacedQuantizer> activations;  // in topological order
  std::vector<Use> weights;                  // constant weights of quantized layers
  std::vector<Use> biases;                   // their constant biases
  std::vector<Use> operands;                 // constant operands of quantized elementwise operators
};

// The rules (docs/numerics.md):
// * The quantized region is every node that a quantized runtime computes on integers and from which
// a layer with weights
//   is still reachable. What comes after the last layers (detector tails, softmax) stays in float,
//   so that boxes and scores keep their precision.
// * Nothing is quantized between a layer or an addition and the clamp (Relu, Clip) that only it
// feeds.
// * Data movement shares its input's encoding; concat inputs that feed nothing else share the
//   output's; so does the input of movement that adds values (Pad with one, cubic Resize).
// * `skipped`: globs over node names; these nodes stay in float.
Placement place_quantizers(const Graph& graph, const InferredGraph& types,
                           const QuantPolicy& policy, const std::vector<std::string>& skipped);

}  // namespace edgeopt
