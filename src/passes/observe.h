// Runs the model over the calibration data and observes values on the way.
#pragma once

#include <vector>

#include "passes/pass.h"
#include "quant/observer.h"

namespace edgeopt {

// What was seen of each of `values`, in their order. FakeQuant nodes with an entry in `table` are
// simulated, others pass their input through. Memory does not depend on the number of samples; the
// result depends neither on the number of threads nor on the order of the samples.
// Throws Error(kUsage) when the context has no calibration data or it is empty.
std::vector<ObservedTensor> observe_values(const Model& model, const QuantTable& table,
                                           const PassContext& context,
                                           const std::vector<ValueId>& values,
                                           const ObserverOptions& options);

}  // namespace edgeopt
