// Scales and shifts for each channel behind a layer, folded into its weight and bias.
#pragma once

#include <span>

#include "exec/engine_chain.h"
#include "ops/kernel.h"

namespace edgeopt {

// What the folded operands refer to; as long-lived as the context.
struct FoldedLayer {
  Tensor weight;
  Tensor bias;
};

// Replaces the constants of a layer in `context` (adding a bias as input 2 where there was none).
// False when the node is no such layer or its weight or bias is not constant.
bool fold_into_layer(std::span<const ChainLink> links, PrepareContext& context,
                     FoldedLayer& folded);

}  // namespace edgeopt
