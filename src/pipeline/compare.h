// A candidate engine against a reference engine over the same samples, streaming.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/data_source.h"
#include "exec/engine.h"
#include "exec/metrics.h"

namespace edgeopt {

struct Comparison {
  int64_t samples = 0;
  double candidate_seconds = 0;  // in the candidate's runs, loading not counted
  bool labelled = false;
  int64_t classes = 0;            // elements of the first output
  ClassificationMeter reference;  // of the first output
  ClassificationMeter candidate;
  double agreement = 0;  // same class, per cent; of the first output
  SqnrMeter outputs;     // over all float outputs
};

// Samples are run in chunks of a size that depends on the model alone, so memory does not grow with
// their number. Throws Error(kBadInput) when the outputs differ in number or size.
Comparison compare_engines(Engine& reference, Engine& candidate, const DataSource& data,
                           int64_t count,
                           const std::function<void(int64_t done, int64_t total)>& progress = {});

using MakeEngine = std::function<std::shared_ptr<Engine>()>;

// The same with engines that are made when they are needed. Where samples are few, and their inputs
// and outputs small together, the reference is gone before the candidate is made, so that only one
// of them holds packed weights at a time.
Comparison compare_engines(const MakeEngine& reference, const MakeEngine& candidate,
                           const DataSource& data, int64_t count,
                           const std::function<void(int64_t done, int64_t total)>& progress = {});

// What to tell a user whose model hardly does better than guessing; empty when it does.
std::string poor_accuracy(double top1, int64_t samples, int64_t classes);

}  // namespace edgeopt
