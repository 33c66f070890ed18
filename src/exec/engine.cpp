#include "exec/engine.h"

#include <algorithm>
#include <thread>

#include "base/format.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "exec/engine_plan.h"
#include "exec/engine_profile.h"
#include "exec/engine_schedule.h"
#include "exec/engine_worker.h"
#include "kernels/backend.h"

namespace edgeopt {
namespace {

// The step that writes the largest tensor, for messages.
std::string largest_step(const Plan& plan) {
  const PlanStep* largest = nullptr;
  size_t most = 0;
  for (const PlanStep& step : plan.steps) {
    for (const Place& place : step.outputs) {
      if (!place.valid() || plan.buffers[static_cast<size_t>(place.buffer)].bytes <= most) continue;
      most = plan.buffers[static_cast<size_t>(place.buffer)].bytes;
      largest = &step;
    }
  }
  return largest == nullptr ? "" : format("The largest is of {}", largest->name);
}

}  // namespace

class Engine::Impl {
 public:
  Impl(const Graph& graph, int64_t opset, const EngineOptions& options)
      : profiled_(options.profile),
        threads_(thread_count(options.threads)),
        plan_(make_plan(graph, opset, options)),
        times_(static_cast<size_t>(threads_)) {
    require_memory(1);
    for (StepTimes& times : times_) {
      times.seconds.resize(plan_.steps.size());
      times.runs.resize(plan_.steps.size());
    }
  }

  void run(int64_t count, const LoadSample& load, const TakeResult& take,
           const ObserveValue& observe) {
    const int64_t batches = (count + plan_.batch - 1) / plan_.batch;
    const int workers = static_cast<int>(std::min<int64_t>(threads_, batches));
    start_workers(workers);
    Schedule schedule(batches, static_cast<int64_t>(results_.size()),
                      [&](int64_t batch, int64_t slot) {
                        const BatchResults& results = results_[static_cast<size_t>(slot)];
                        const int64_t samples = samples_of(batch, count);
                        for (int64_t s = 0; s < samples; ++s) {
                          take(batch * plan_.batch + s, results[static_cast<size_t>(s)]);
                        }
                      });
    {
      std::vector<std::jthread> threads;
      for (int w = 0; w < workers; ++w) {
        threads.emplace_back([&, w] { work(w, count, schedule, load, observe); });
      }
    }
    schedule.rethrow();
  }

  int threads() const { return threads_; }
  const Plan& plan() const { return plan_; }
  std::vector<NodeProfile> profile() const {
    return profiled_ ? sum_profile(plan_, times_) : std::vector<NodeProfile>{};
  }
  std::string trace() const { return profiled_ ? trace_json(plan_, times_, started_) : ""; }

 private:
  int64_t samples_of(int64_t batch, int64_t count) const {
    return std::min(plan_.batch, count - batch * plan_.batch);
  }

  // Arenas and result slots are made once and kept from run to run.
  void start_workers(int workers) {
    if (static_cast<int>(workers_.size()) < workers) require_memory(workers);
    while (static_cast<int>(workers_.size()) < workers) {
      workers_.push_back(std::make_unique<Worker>(plan_, static_cast<int>(workers_.size())));
      results_.push_back(make_results(plan_));
      results_.push_back(make_results(plan_));
    }
    for (StepTimes& times : times_) times.events.clear();
    started_ = StepTimes::Clock::now();
  }

  // Memory is taken as it is touched: without this, a shape beyond reason would end in the kernel
  // killing the process.
  void require_memory(int workers) const {
    const size_t needed = plan_.arena_bytes * static_cast<size_t>(workers);
    const size_t available = memory_of_machine();
    if (needed <= available) return;
    fail(ErrorCode::kUnsupported,
         "the activations of {} worker{} take {:.1f} GB, the machine has {:.1f}; --threads 1, or a "
         "smaller --input-shape where the model's is open, takes less. {}",
         workers, workers == 1 ? "" : "s", static_cast<double>(needed) * 1e-9,
         static_cast<double>(available) * 1e-9, largest_step(plan_));
  }

  void work(int index, int64_t count, Schedule& schedule, const LoadSample& load,
            const ObserveValue& observe) {
    Worker& worker = *workers_[static_cast<size_t>(index)];
    StepTimes* times = profiled_ ? &times_[static_cast<size_t>(index)] : nullptr;
    single_threaded_kernels();
    try {
      while (const std::optional<Schedule::Ticket> ticket = schedule.next()) {
        const int64_t samples = samples_of(ticket->batch, count);
        const int64_t first = ticket->batch * plan_.batch;
        // A batch that is not full computes its last sample several times, so that a sample's
        // result does not depend on how many there are.
        for (int64_t s = 0; s < samples; ++s) worker.feed(s, first + s, load(first + s));
        worker.fill(samples);
        worker.lend(results_[static_cast<size_t>(ticket->slot)]);
        worker.run(first, samples, observe, times);
        worker.fetch(samples, results_[static_cast<size_t>(ticket->slot)]);
        schedule.finish(*ticket);
      }
    } catch (...) {
      schedule.abort(std::current_exception());
    }
  }

  bool profiled_;
  int threads_;
  Plan plan_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<BatchResults> results_;
  std::vector<StepTimes> times_;
  StepTimes::Clock::time_point started_;
};

Engine::Engine(const Graph& graph, int64_t opset, const EngineOptions& options)
    : impl_(std::make_unique<Impl>(graph, opset, options)) {}
Engine::~Engine() = default;

void Engine::run(int64_t count, const LoadSample& load, const TakeResult& take,
                 const ObserveValue& observe) {
  impl_->run(count, load, take, observe);
}
int Engine::threads() const { return impl_->threads(); }
int64_t Engine::micro_batch() const { return impl_->plan().batch; }
size_t Engine::arena_bytes() const { return impl_->plan().arena_bytes; }
std::vector<NodeProfile> Engine::profile() const { return impl_->profile(); }
std::string Engine::chrome_trace() const { return impl_->trace(); }

}  // namespace edgeopt
