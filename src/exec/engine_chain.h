// What may be folded into a step: the nodes behind its output, each with one user.
#pragma once

#include <optional>
#include <vector>

#include "exec/engine_constants.h"
#include "exec/engine_lower.h"
#include "kernels/epilogue.h"
#include "kernels/fake_quantize.h"

namespace edgeopt {

// One node behind the output of another.
struct ChainLink {
  NodeId node;
  ValueId result;
  // A scale and a shift for each channel, foldable into weights; else `step`.
  bool affine = false;
  std::vector<float> scale = {};
  std::vector<float> shift = {};
  EpilogueStep step = {};
  ValueId operand = {};           // of a kAdd step
  std::optional<Grid> grid = {};  // in place of a step: QuantizeLinear to uint8, the last link
};

class Chains {
 public:
  Chains(const Graph& graph, const InferredGraph& inferred, Constants& constants,
         const Wanted& wanted, const QuantTable* table)
      : graph_(graph), inferred_(inferred), constants_(constants), wanted_(wanted), table_(table) {}

  // Nodes behind `value`, in order, until one that cannot be folded. Affine links come first, or
  // not at all. `channel_axis` counts the channels of the value. Operands of kAdd may not have been
  // computed yet.
  std::vector<ChainLink> behind(ValueId value, size_t channel_axis) const;
  // The node by itself as a step on its first input: activations, FakeQuant.
  std::optional<EpilogueStep> step_of(const Node& node) const;
  // The node by itself as a scale and a shift of `value`, one of its inputs.
  std::optional<ChainLink> affine_of(const Node& node, ValueId value, size_t channel_axis) const;
  const QuantTable* table() const { return table_; }

 private:
  std::optional<ChainLink> link_of(const Node& node, ValueId value, size_t channel_axis) const;
  std::optional<Grid> byte_grid_of(const Node& node) const;
  std::optional<EpilogueStep> clip_of(const Node& node) const;
  std::optional<ChainLink> batch_norm_of(const Node& node, int64_t channels) const;
  std::vector<float> per_channel(ValueId constant, const Shape& shape, size_t channel_axis) const;

  const Graph& graph_;
  const InferredGraph& inferred_;
  Constants& constants_;
  const Wanted& wanted_;
  const QuantTable* table_;
};

}  // namespace edgeopt
