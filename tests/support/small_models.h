// Small models with a bit of everything, for sweeps over passes.
#pragma once

#include <string>
#include <vector>

#include "edgeopt/graph.h"

namespace edgeopt::test {

struct SmallModel {
  std::string name;
  Model (*make)();
};

const std::vector<SmallModel>& small_models();

// `length` nodes: Conv, BatchNormalization and Relu in turn, with a Reshape pair here and there.
Model chain_model(int64_t length);

}  // namespace edgeopt::test
