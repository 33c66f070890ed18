#include "exec/engine_profile.h"

#include <ctime>

#include "base/json.h"

namespace edgeopt {

namespace {

// Seconds that the processor has spent on this thread: other programs do not count.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

void StepTimer::begin() {
  start_ = StepTimes::Clock::now();
  processor_start_ = thread_seconds();
}

void StepTimer::record() const {
  const StepTimes::Clock::time_point end = StepTimes::Clock::now();
  times_->seconds[step_] += thread_seconds() - processor_start_;
  ++times_->runs[step_];
  if (times_->events.size() < StepTimes::kMaxEvents) {
    times_->events.push_back({static_cast<int32_t>(step_), start_, end});
  }
}

double flops_of(const Node& node, const InferredGraph& inferred) {
  if (node.inputs.size() < 2 || node.outputs.empty()) return 0;
  if (!node.inputs[0].valid() || !node.inputs[1].valid()) return 0;
  const Shape& a = *inferred[node.inputs[0]].shape;
  const Shape& b = *inferred[node.inputs[1]].shape;
  const auto out = static_cast<double>(element_count(*inferred[node.outputs[0]].shape));
  const auto per_channel = [&] {
    return static_cast<double>(element_count(Shape(b.begin() + 1, b.end())));
  };
  if (node.op_type == "Conv" || node.op_type == "QuantizedConv") return 2 * out * per_channel();
  if (node.op_type == "ConvTranspose") {
    return 2 * static_cast<double>(element_count(a)) * per_channel();
  }
  if (node.op_type == "MatMul") return 2 * out * static_cast<double>(a.back());
  if (node.op_type == "Gemm") {
    return 2 * out * static_cast<double>(a[node.int_or("transA", 0) != 0 ? 0 : 1]);
  }
  return 0;
}

std::vector<NodeProfile> sum_profile(const Plan& plan, const std::vector<StepTimes>& workers) {
  std::vector<NodeProfile> result;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const PlanStep& step = plan.steps[i];
    NodeProfile& row = result.emplace_back(NodeProfile{step.name, step.op_type});
    for (const StepTimes& times : workers) {
      row.seconds += times.seconds[i];
      row.runs += times.runs[i];
    }
    row.flops = step.flops * static_cast<double>(row.runs);
  }
  return result;
}

std::string trace_json(const Plan& plan, const std::vector<StepTimes>& workers,
                       StepTimes::Clock::time_point start) {
  const auto microseconds = [](auto duration) {
    return std::chrono::duration<double, std::micro>(duration).count();
  };
  Json events = Json::array();
  for (size_t worker = 0; worker < workers.size(); ++worker) {
    for (const StepTimes::Event& event : workers[worker].events) {
      const PlanStep& step = plan.steps[static_cast<size_t>(event.step)];
      events.push_back({{"name", step.name},
                        {"cat", step.op_type},
                        {"ph", "X"},
                        {"ts", microseconds(event.start - start)},
                        {"dur", microseconds(event.end - event.start)},
                        {"pid", 1},
                        {"tid", worker}});
    }
  }
  return json_text({{"traceEvents", std::move(events)}, {"displayTimeUnit", "ms"}}, -1);
}

}  // namespace edgeopt
