// Values that are known before any sample is seen, computed when they are asked for.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "edgeopt/graph.h"
#include "exec/shapes.h"
#include "quant/table.h"

namespace edgeopt {

// The encoding that a FakeQuant node simulates; nullptr: the node passes its input through.
const TensorEncoding* simulated_encoding(const Node& node, const QuantTable* table);

// Weights behind FakeQuant, transposed weights and the like. Only small results are kept, so that
// no second copy of the weights is in memory at a time. The graph must not change meanwhile.
class Constants {
 public:
  Constants(const Graph& graph, int64_t opset, const InferredGraph& inferred,
            const QuantTable* table);

  bool known(ValueId id) const { return id.valid() && known_[static_cast<size_t>(id.index)] != 0; }
  // The value must be known.
  Tensor get(ValueId id);
  // The value when it is a float tensor that is known; an empty tensor otherwise.
  Tensor get_floats(ValueId id);

 private:
  bool computable(const Node& node) const;
  Tensor compute(const Node& node, size_t output);
  Tensor simulated(const Tensor& constant, const TensorEncoding& encoding);
  // One of rooms_ that nobody holds; its tensor may be missing.
  std::shared_ptr<Tensor>& free_room();

  const Graph& graph_;
  int64_t opset_;
  const InferredGraph& inferred_;
  const QuantTable* table_;
  std::vector<char> known_;  // by value
  std::map<ValueId, Tensor> kept_;
  // Memory of quantized weights, used again once nobody holds it: fresh memory for each would leave
  // holes between the packed weights.
  std::vector<std::shared_ptr<Tensor>> rooms_;
};

}  // namespace edgeopt
