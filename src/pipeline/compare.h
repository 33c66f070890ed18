// A candidate engine against a reference engine over the same samples, streaming.
#pragma once

#include <functional>
#include <vector>

#include "data/data_source.h"
#include "exec/engine.h"
#include "exec/metrics.h"

namespace edgeopt {

struct Comparison {
  int64_t samples = 0;
  double candidate_seconds = 0;  // in the candidate's runs, loading not counted
  bool labelled = false;
  ClassificationMeter reference;  // of the first output
  ClassificationMeter candidate;
  double agreement = 0;            // same class, per cent; of the first output
  SqnrMeter outputs;               // over the first `output_count` fetched values
  std::vector<SqnrMeter> fetched;  // one for each fetched value
};

// Both engines fetch the same values in the same order; the first `output_count` are the graph
// outputs. Samples are run in chunks of a size that depends on the model alone, so memory does not
// grow with their number.
Comparison compare_engines(Engine& reference, Engine& candidate, const DataSource& data,
                           int64_t count, size_t output_count,
                           const std::function<void(int64_t done, int64_t total)>& progress = {});

}  // namespace edgeopt
