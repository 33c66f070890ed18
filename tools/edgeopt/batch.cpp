// edgeopt batch: many models, one recipe, N processes, one summary, one exit status.
//
// Each model is a process of its own (this program's `quantize`), so that one failure or lack of
// memory harms no other.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>

#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/log.h"
#include "base/parallel.h"
#include "command.h"
#include "processes.h"
#include "progress.h"
#include "quantize_flags.h"
#include "text_table.h"

namespace edgeopt::tool {
namespace {

namespace fs = std::filesystem;

struct Flags {
  std::vector<std::string> patterns;
  std::string recipe;
  std::string output = "quantized";
  int jobs = 1;
  bool json = false;
};

struct Member {
  std::string model;
  fs::path folder;  // of its results
  std::string log;  // standard error of its process
  std::string report;
  int status = -1;
};

// Folders below the one that all models share, so that models of one name do not collide.
std::vector<Member> make_members(const std::vector<std::string>& models, const fs::path& output) {
  fs::path common = fs::absolute(models.front()).lexically_normal().parent_path();
  for (const std::string& model : models) {
    const fs::path folder = fs::absolute(model).lexically_normal().parent_path();
    const auto differ = std::mismatch(common.begin(), common.end(), folder.begin(), folder.end());
    fs::path shared;
    for (auto it = common.begin(); it != differ.first; ++it) shared /= *it;
    common = shared;
  }
  std::vector<Member> members;
  std::set<fs::path> bases;
  for (const std::string& model : models) {
    const fs::path folder = fs::absolute(model).lexically_normal().parent_path();
    Member member{model, (output / folder.lexically_relative(common)).lexically_normal(), "", "",
                  -1};
    const fs::path base = member.folder / fs::path(model).stem();
    if (!bases.insert(base).second) {
      fail(ErrorCode::kUsage, "{}: another model writes the same files {}.*; rename one", model,
           base.string());
    }
    member.log = base.string() + ".log";
    member.report = base.string() + ".report.json";
    members.push_back(std::move(member));
  }
  return members;
}

// A mistake in the recipe is said once, not by each member.
void check_recipe(const std::string& recipe) {
  CLI::App app("", "quantize");
  QuantizeFlags flags;
  flags.declare(app, false);
  flags.recipe = recipe;
  flags.resolved();
}

std::vector<std::string> command_line(const Member& member, const Flags& flags) {
  std::vector<std::string> words{
      "edgeopt", "quantize", member.model, "-o", member.folder.string(), "--no-progress"};
  if (!flags.recipe.empty()) words.insert(words.end(), {"--recipe", flags.recipe});
  if (flags.jobs > 1) {
    const int threads = std::max(1, thread_count(0) / flags.jobs);
    words.insert(words.end(), {"--threads", format("{}", threads)});
  }
  return words;
}

void run_all(std::vector<Member>& members, const Flags& flags, const Progress& progress) {
  std::vector<Process> processes;
  for (const Member& member : members) {
    make_folder(member.folder);
    std::error_code ignored;
    fs::remove(member.report, ignored);  // of an earlier run
    processes.push_back({command_line(member, flags), member.log});
  }
  int64_t done = 0;
  const auto total = static_cast<int64_t>(members.size());
  if (progress) progress("batch", 0, total);
  run_processes(processes, flags.jobs, [&](size_t index, int status) {
    Member& member = members[index];
    member.status = status;
    ++done;
    log_info(format("{}/{} {}: {}", done, total, member.model,
                    status == 0 ? "done" : format("failed with status {}", status)));
    if (progress) progress("batch", done, total);
  });
}

// What the member said last, without the program's name.
std::string last_error(const Member& member) {
  if (member.status > 128) return format("ended by signal {}", member.status - 128);
  const std::string log = fs::exists(member.log) ? read_file(member.log) : "";
  const std::string start = "error: ";
  const size_t error = log.rfind(start);
  if (error == std::string::npos) return "see " + member.log;
  const size_t begin = error + start.size();
  return log.substr(begin, log.find('\n', begin) - begin);
}

Json member_json(const Member& member) {
  Json row{{"model", member.model}, {"status", member.status}};
  if (fs::exists(member.report)) row["report"] = Json::parse(read_file(member.report));
  if (member.status != 0) row["error"] = last_error(member);
  return row;
}

std::vector<std::string> table_row(const Json& row) {
  std::vector<std::string> cells{
      row["model"], row["status"] == 0 ? "done" : "failed", "", "", "", row.value("error", "")};
  if (row.contains("report")) {
    const Json& report = row["report"];
    cells[2] = human_bytes(report["bytes_after"]);
    cells[3] = format("{:.1f}", report["accuracy"].value("sqnr_db", 0.0));
    if (report["accuracy"].value("labelled", false)) {
      cells[4] = format("{:.2f} -> {:.2f}", report["accuracy"].value("top1_float", 0.0),
                        report["accuracy"].value("top1_quantized", 0.0));
    }
  }
  return cells;
}

int run(const Flags& flags, const GlobalFlags& global) {
  check_recipe(flags.recipe);
  std::vector<Member> members = make_members(expand_globs(flags.patterns), flags.output);
  run_all(members, flags, make_progress(global));
  Json rows = Json::array();
  for (const Member& member : members) rows.push_back(member_json(member));
  if (flags.json) {
    std::cout << json_text(rows) << "\n";
  } else {
    std::vector<std::vector<std::string>> cells;
    for (const Json& row : rows) cells.push_back(table_row(row));
    std::cout << text_table(
        {{"model"}, {"status"}, {"size", true}, {"SQNR dB", true}, {"top-1 %", true}, {"error"}},
        cells);
  }
  const auto failed = std::count_if(members.begin(), members.end(),
                                    [](const Member& member) { return member.status != 0; });
  if (failed == 0) return 0;
  std::cout.flush();
  fail(ErrorCode::kRequirement, "{} of {} models failed", failed, members.size());
}

std::function<int()> declare(CLI::App& app, const GlobalFlags& global) {
  auto flags = std::make_shared<Flags>();
  app.add_option("models", flags->patterns, "Models or quoted globs: 'models/*.onnx'")->required();
  app.add_option("--recipe", flags->recipe, "TOML file with the options of `quantize`")
      ->type_name("FILE");
  app.add_option("-o,--output", flags->output,
                 "Folder for all results; models of several folders keep theirs below it")
      ->type_name("FOLDER")
      ->capture_default_str();
  app.add_option("-j,--jobs", flags->jobs, "Processes at a time; they share the cores")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_flag("--json", flags->json, "Print the summary as JSON");
  app.footer(
      "Each model is quantized by a process of its own; the others go on when one fails.\n"
      "Its messages are in NAME.log beside its results.\n\n"
      "Examples:\n"
      "  edgeopt batch 'models/*.onnx' --recipe recipe.toml -j 2\n"
      "  edgeopt batch a.onnx 'b/*.onnx' --recipe recipe.toml --json > summary.json");
  return [flags, &global] { return run(*flags, global); };
}

}  // namespace

extern const Command command_batch = {
    "batch", "Quantize many models with one recipe; one summary, one exit status", declare};

}  // namespace edgeopt::tool
