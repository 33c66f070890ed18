// One worker: an arena and the addresses of every step's operands in it.
#pragma once

#include <map>
#include <memory>
#include <utility>
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

  // Puts a loaded sample into its place in the batch, in the planned layouts: copied, or kept and
  // read where it lies. Throws Error(kBadInput) naming the input when a tensor does not fit.
  void feed(int64_t place_in_batch, int64_t sample, std::vector<Tensor> inputs);
  // Repeats the last of the first `samples` samples up to the end of the batch.
  void fill(int64_t samples);
  // Runs all steps; `observe` sees samples first .. first + samples - 1, which lead the batch.
  void run(int64_t first, int64_t samples, const ObserveValue& observe, StepTimes* times);
  // Where the next run is to leave its results, as far as steps can write there.
  void lend(BatchResults& results);
  // Copies the other results of the first `samples` samples, in plain layout. Lets go of what was
  // fed.
  void fetch(int64_t samples, BatchResults& results);

 private:
  struct Free {
    void operator()(void* p) const;
  };
  struct Addresses {
    std::vector<const void*> inputs;
    std::vector<void*> outputs;
    void* scratch = nullptr;
  };
  // Operands that lie in one buffer.
  struct Users {
    std::vector<std::pair<const void**, size_t>> inputs;  // and the offset in the buffer
    std::vector<std::pair<void**, size_t>> outputs;
  };
  char* address(const Place& place) const;
  void collect_users();
  // The buffer's memory is elsewhere from now on; nullptr: in the arena.
  void move_buffer(int32_t buffer, void* memory);
  void observe_places(const std::vector<PlanObservation>& observed, int64_t first, int64_t samples,
                      const ObserveValue& observe) const;

  const Plan& plan_;
  int index_;
  std::unique_ptr<char, Free> arena_;
  std::vector<char*> buffers_;  // where each begins
  std::vector<Addresses> steps_;
  std::map<int32_t, Users> users_;  // of buffers that are lent
  std::vector<Tensor> fed_;         // what lent buffers of feeds lie in
};

}  // namespace edgeopt
