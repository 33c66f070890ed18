// The engine: a graph planned for fixed shapes and run over many samples.
//
// Planned once: shapes inferred, constants folded, epilogues fused into their producers,
// channels-last from the first convolution to the last, memory laid out by liveness in one arena
// per worker. Each worker runs whole micro-batches of a fixed size with single-threaded kernels, so
// results do not depend on the number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "edgeopt/graph.h"
#include "quant/table.h"

namespace edgeopt {

struct EngineOptions {
  int threads = 0;  // workers; 0: one for each core
  // Simulate FakeQuant nodes with these encodings; nullptr: they pass their input through (float).
  const QuantTable* table = nullptr;
  std::map<std::string, Shape> input_shapes = {};  // overrides, as --input-shape gives them
  int64_t micro_batch = 0;  // samples per run; 0: chosen from the sizes of the activations
  std::vector<ValueId> observed = {};  // values handed to ObserveValue
  std::vector<ValueId> fetched = {};   // values to return; empty: the graph outputs
  bool profile = false;                // keep time per node
};

// Loads sample `index` as one tensor for each feed, batch dimension 1. Called from worker threads.
using LoadSample = std::function<std::vector<Tensor>(int64_t index)>;
// Results of sample `index`, one tensor for each fetched value (batch dimension 1 where the model
// has a batch dimension). Called in order of index, never from two threads at a time.
using TakeResult = std::function<void(int64_t index, const std::vector<Tensor>& outputs)>;
// An observed float value of sample `sample` as it is made: a view that holds during the call, in
// the layout in which the engine has it. Called from worker `worker` (0 .. threads-1), at most once
// at a time for each worker.
using ObserveValue =
    std::function<void(int worker, int64_t sample, ValueId value, const Tensor& x)>;

struct NodeProfile {
  std::string node;  // description of the main node of the step, with what was fused
  std::string op_type;
  double seconds = 0;  // of all runs and workers
  double flops = 0;    // of all runs: 2 x multiply-accumulates
  int64_t runs = 0;
};

class Engine {
 public:
  // The graph must outlive the engine and not change meanwhile.
  // Throws Error(kUnsupported) naming the node when an operator or a data-dependent shape cannot be
  // planned.
  Engine(const Graph& graph, int64_t opset, const EngineOptions& options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Runs samples first .. first+count-1. `observe` may be empty. An exception of a callback ends
  // the run and is rethrown.
  void run(int64_t count, const LoadSample& load, const TakeResult& take,
           const ObserveValue& observe = {});
  int threads() const;
  int64_t micro_batch() const;
  size_t arena_bytes() const;  // of one worker
  std::vector<NodeProfile> profile() const;
  // A Chrome trace (chrome://tracing) of the last run: JSON text. Empty without `profile`.
  std::string chrome_trace() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace edgeopt
