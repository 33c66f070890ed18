// What is known of every value whatever the batch size: types, shapes, and the values that follow
// from constants and shapes.
//
// Dimensions that the file leaves open are tried with two different sizes each; what comes out the
// same both times does not depend on them. So the batch stays symbolic through every pass, without
// algebra on symbols.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "edgeopt/graph.h"
#include "exec/shapes.h"
#include "passes/pass.h"

namespace edgeopt {

class KnownValues {
 public:
  // Nodes of which all inputs are known are computed where the result has at most `fold_elements`
  // elements. Throws Error(kBadInput) naming the node where the graph contradicts itself,
  // Error(kUsage) when operators do not have the form of opset 13 or later.
  KnownValues(const Model& model, const PassContext& context, int64_t fold_elements = 4096);

  // Values that were added since are unknown to all of these.
  DataType type(ValueId id) const;  // kUndefined when not known
  std::optional<int64_t> rank(ValueId id) const;
  // A dimension that depends on an open one is -1; nullopt when not even the rank is known.
  std::optional<std::vector<int64_t>> dims(ValueId id) const;
  // Dimension `axis`, -1 when it is not fixed.
  int64_t dim(ValueId id, size_t axis) const;
  // Both have the same shape for every size of the open dimensions.
  bool same_shape(ValueId a, ValueId b) const;
  // The value if it is the same for every size of the open dimensions; else nullptr. Constants
  // included.
  const Tensor* value(ValueId id) const;
  // The elements of an integer value, with -1 (but see `varies`) for those that depend on an open
  // dimension; nullopt when it is not known.
  struct Ints {
    std::vector<int64_t> values;
    std::vector<bool> varies;
  };
  std::optional<Ints> ints(ValueId id) const;

 private:
  const InferredValue* find(size_t probe, ValueId id) const;

  std::vector<InferredGraph> probes_;  // one, or two when dimensions are open
};

// Element for element and type for type.
bool same_tensor(const Tensor& a, const Tensor& b);

}  // namespace edgeopt
