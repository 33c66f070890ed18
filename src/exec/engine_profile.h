// Time per step, and the Chrome trace of a run.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "exec/engine_plan.h"
#include "exec/shapes.h"

namespace edgeopt {

// Of one worker.
struct StepTimes {
  using Clock = std::chrono::steady_clock;
  struct Event {
    int32_t step = 0;
    Clock::time_point start;
    Clock::time_point end;
  };
  std::vector<double> seconds;  // by step, of all runs; of the processor, not of the clock
  std::vector<int64_t> runs;
  std::vector<Event> events;  // of the last run, the first kMaxEvents
  static constexpr size_t kMaxEvents = 200000;
};

// Adds the time from its construction to its end; does nothing without `times`.
class StepTimer {
 public:
  StepTimer(StepTimes* times, size_t step) : times_(times), step_(step) {
    if (times_ != nullptr) begin();
  }
  ~StepTimer() {
    if (times_ != nullptr) record();
  }
  StepTimer(const StepTimer&) = delete;
  StepTimer& operator=(const StepTimer&) = delete;

 private:
  void begin();
  void record() const;

  StepTimes* times_;
  size_t step_;
  StepTimes::Clock::time_point start_;
  double processor_start_ = 0;
};

// 2 x multiply-accumulates of convolutions and matrix products; 0 for others.
double flops_of(const Node& node, const InferredGraph& inferred);

// Sums over workers, in order of the steps.
std::vector<NodeProfile> sum_profile(const Plan& plan, const std::vector<StepTimes>& workers);
// JSON in the Trace Event Format; one thread for each worker.
std::string trace_json(const Plan& plan, const std::vector<StepTimes>& workers,
                       StepTimes::Clock::time_point start);

}  // namespace edgeopt
