#include "pipeline/runner.h"

#include <chrono>

#include "base/format.h"
#include "base/log.h"

namespace edgeopt {
namespace {

using Clock = std::chrono::steady_clock;

// Producers before users, each value with a producer, constant or graph input behind it.
void verify(const Graph& graph, const Pass& pass) {
  std::vector<bool> made(graph.value_capacity());
  for (const ValueId id : graph.inputs()) made[static_cast<size_t>(id.index)] = true;
  const auto require = [&](ValueId id, const std::string& user) {
    if (!id.valid() || made[static_cast<size_t>(id.index)] || graph.value(id).is_constant()) return;
    if (graph.value(id).producer.valid()) return;
    fail(ErrorCode::kInternal, "after pass {}: nothing makes '{}', which {} reads", pass.name,
         graph.value(id).name, user);
  };
  for (const NodeId id : graph.topological_order()) {
    for (const ValueId input : graph.node(id).inputs) require(input, graph.describe(id));
  }
  for (const ValueId output : graph.outputs()) require(output, "the graph's output");
}

PassReport run_one(Model& model, QuantTable& table, PassContext& context, const PassStep& step) {
  const auto start = Clock::now();
  PassReport report;
  report.name = step.pass->name;
  try {
    report.changes = step.pass->run(model, table, context, step.options);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInternal) throw;
    fail(ErrorCode::kInternal, "pass {}: {}", step.pass->name, error.what());
  }
  report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return report;
}

}  // namespace

std::vector<PassReport> run_passes(Model& model, QuantTable& table, PassContext& context,
                                   const std::vector<PassStep>& steps, const Progress& progress,
                                   const AfterPass& after) {
  std::vector<PassReport> reports;
  for (const PassStep& step : steps) {
    if (progress) {
      context.progress = [&](int64_t done, int64_t total) {
        progress(std::string(step.pass->name), done, total);
      };
    }
    reports.push_back(run_one(model, table, context, step));
    context.progress = {};
    verify(model.graph, *step.pass);
    log_debug(format("{}: {} changes, {:.1f} ms", reports.back().name, reports.back().changes,
                     reports.back().seconds * 1e3));
    if (after) after(*step.pass, reports.back());
  }
  return reports;
}

}  // namespace edgeopt
