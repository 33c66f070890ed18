// By which values a quantized model is compared with the float one.
#pragma once

#include <string>
#include <vector>

#include "edgeopt/data.h"
#include "edgeopt/graph.h"

namespace edgeopt {

struct JudgedValues {
  std::vector<ValueId> values;
  // Why they are others than the model's outputs; empty where they are not.
  std::string why;
};

// The model's outputs, if they can be planned. Else the float values where the planned part ends:
// what is read by nodes whose shapes depend on data, by unknown operators, or by nodes that select
// (TopK, ArgMax), behind which quantized and float results have no common order.
JudgedValues judged_values(const Model& model, const InputShapes& input_shapes);

}  // namespace edgeopt
