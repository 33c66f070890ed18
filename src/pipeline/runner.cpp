#include "pipeline/runner.h"

#include <chrono>

#include "base/format.h"
#include "base/log.h"
#include "ir/verify.h"

namespace edgeopt {
namespace {

using Clock = std::chrono::steady_clock;

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
    verify_graph(model.graph, format("pass {}", step.pass->name));
    log_debug(format("{}: {} changes, {:.1f} ms", reports.back().name, reports.back().changes,
                     reports.back().seconds * 1e3));
    if (after) after(*step.pass, reports.back());
  }
  return reports;
}

}  // namespace edgeopt
