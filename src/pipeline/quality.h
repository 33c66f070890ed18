// How close a simulated model is to the float one.
#pragma once

#include <vector>

#include "data/data_source.h"
#include "edgeopt/graph.h"
#include "edgeopt/quantize.h"
#include "quant/table.h"

namespace edgeopt {

struct Simulation {
  const Model& original;   // float, as the user gave it
  const Model& simulated;  // with FakeQuant nodes
  const QuantTable& table;
  const InputShapes& input_shapes;
  int threads = 0;
};

using StepProgress = std::function<void(int64_t done, int64_t total)>;

// The original against the simulation over all of `data`. `note` is called with what a user should
// know about the result.
AccuracyReport measure_accuracy(const Simulation& models, const DataSource& data,
                                const StepProgress& progress,
                                const std::function<void(std::string)>& note);

// Quantized activations in graph order, with their SQNR against the same graph in float, over all
// of `data`.
std::vector<TensorReport> measure_tensors(const Simulation& models, const DataSource& data);

// Quantized weights in graph order.
std::vector<WeightReport> measure_weights(const Model& simulated, const QuantTable& table,
                                          int threads);

// How many samples a comparison without labels takes: few where the model is large.
int64_t affordable_samples(int64_t macs);

}  // namespace edgeopt
