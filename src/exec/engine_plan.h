// A graph planned for fixed shapes: the steps, where their operands lie, what enters and leaves.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exec/engine.h"
#include "ops/kernel.h"

namespace edgeopt {

// Where a value lies while a batch runs.
struct Place {
  int32_t buffer = -1;  // index into Plan::buffers; -1: nowhere (omitted, or a constant)
  size_t offset = 0;    // bytes from the start of the buffer
  DataType type = DataType::kUndefined;
  Shape shape = {};  // of the whole batch
  Layout layout = Layout::kPlain;
  bool valid() const { return buffer >= 0; }
};

// Memory that is in use from step `first` to step `last`, both included; -1 is before the first
// step.
struct PlanBuffer {
  size_t bytes = 0;
  int32_t first = 0;
  int32_t last = 0;
  size_t offset = 0;  // in the arena; multiple of 64
};

struct PlanObservation {
  ValueId value;
  Place place;
};

struct PlanStep {
  std::unique_ptr<Kernel> kernel;
  std::vector<Place> inputs;
  std::vector<Place> outputs;
  int32_t scratch = -1;                   // a buffer; -1: none
  std::vector<PlanObservation> observed;  // handed over once the step has run
  std::string name;
  std::string op_type;
  double flops = 0;  // of one run
};

struct PlanFeed {
  std::string name;
  Place place;
  Shape sample_shape;
  bool lent = false;  // steps may read it where the caller has it: nothing is written there
};

struct PlanFetch {
  Place place;        // invalid: a constant
  bool lent = false;  // steps write into the result's own memory; none for it is in the arena
  Tensor constant;    // plain
  DataType type = DataType::kUndefined;
  Shape sample_shape;
};

struct Plan {
  std::unique_ptr<Graph> graph;  // as it is run; kernels refer to it
  int64_t batch = 1;             // samples per run
  std::vector<PlanBuffer> buffers;
  std::vector<PlanStep> steps;
  std::vector<PlanFeed> feeds;
  std::vector<PlanFetch> fetches;
  std::vector<PlanObservation> observed_feeds;
  std::vector<std::pair<ValueId, Tensor>> observed_constants;
  size_t arena_bytes = 0;
};

// Throws Error(kUnsupported) naming the node that cannot be planned.
Plan make_plan(const Graph& graph, int64_t opset, const EngineOptions& options);

}  // namespace edgeopt
