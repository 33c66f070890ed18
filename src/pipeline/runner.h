// Runs passes: the one place for their timing, log lines, progress and checks.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "edgeopt/quantize.h"
#include "passes/pass.h"
#include "pipeline/pass_list.h"

namespace edgeopt {

// Called after each pass, with the pass and its report.
using AfterPass = std::function<void(const Pass& pass, PassReport& report)>;

// Runs the steps in order. After each: the graph is verified (throws Error(kInternal) naming the
// pass when it is broken), one debug line is logged, `after` is called. An Error of a pass is
// rethrown with its code; kInternal ones get the pass's name.
std::vector<PassReport> run_passes(Model& model, QuantTable& table, PassContext& context,
                                   const std::vector<PassStep>& steps, const Progress& progress,
                                   const AfterPass& after = {});

}  // namespace edgeopt
