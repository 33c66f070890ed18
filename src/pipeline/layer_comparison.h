// Each quantized activation of a simulated model against the same graph in float.
#pragma once

#include <vector>

#include "data/data_source.h"
#include "edgeopt/quantize.h"
#include "exec/engine.h"
#include "quant/table.h"

namespace edgeopt {

// In graph order, over all of `data`. `options`: threads and input shapes. One engine at a time
// holds packed weights, and excerpts are taken as the values are made, so that they need not all be
// in memory at once.
std::vector<TensorReport> compare_layers(const Model& simulated, const QuantTable& table,
                                         const DataSource& data, const EngineOptions& options);

}  // namespace edgeopt
