// One worker: an arena and the addresses of every step's operands in it.
#pragma once

#include <memory>
#include <vector>

#include "exec/engine_plan.h"
#include "exec/engine_profile.h"

namespace edgeopt {

// The results of one batch: for each sample one tensor for each fetched value.
using BatchResults = std::vector<std::vector<Tensor>>;
BatchResults make_results(const Plan& plan);

class Worker {
 public:
  Worker(const Plan& plan, int index);

  // Copies a loaded sample into its place in the batch, in the planned layouts. Throws
  // Error(kBadInput) naming the input when a tensor does not fit.
  void feed(int64_t place_in_batch, int64_t sample, const std::vector<Tensor>& inputs);
  // Repeats the last of the first `samples` samples up to the end of the batch.
  void fill(int64_t samples);
  // Runs all steps; `observe` sees samples first .. first + samples - 1, which lead the batch.
  void run(int64_t first, int64_t samples, const ObserveValue& observe, StepTimes* times);
  // Copies the results of the first `samples` samples, in plain layout.
  void fetch(int64_t samples, BatchResults& results) const;

 private:
  struct Free {
    void operator()(void* p) const;
  };
  struct Addresses {
    std::vector<const void*> inputs;
    std::vector<void*> outputs;
    void* scratch = nullptr;
  };
  char* address(const Place& place) const;
  void observe_places(const std::vector<PlanObservation>& observed, int64_t first, int64_t samples,
                      const ObserveValue& observe) const;

  const Plan& plan_;
  int index_;
  std::unique_ptr<char, Free> arena_;
  std::vector<Addresses> steps_;
};

}  // namespace edgeopt
