// edgeopt batch: many models, one recipe, N processes, one summary, one exit status.
//
// Each model is a process of its own (this program's `quantize`), so that one failure or lack of
// memory harms no other.
#include <glob.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <map>

#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/log.h"
#include "command.h"
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
  std::string log;  // standard error of its process
  std::string report;
  int status = -1;
};

std::vector<std::string> expand(const std::vector<std::string>& patterns) {
  std::vector<std::string> models;
  for (const std::string& pattern : patterns) {
    glob_t found{};
    if (::glob(pattern.c_str(), 0, nullptr, &found) != 0) {
      fail(ErrorCode::kUsage, "{}: no model matches", pattern);
    }
    for (size_t i = 0; i < found.gl_pathc; ++i) models.emplace_back(found.gl_pathv[i]);
    ::globfree(&found);
  }
  return models;
}

std::vector<Member> make_members(const Flags& flags) {
  std::vector<Member> members;
  std::map<std::string, std::string> stems;
  for (const std::string& model : expand(flags.patterns)) {
    const std::string stem = fs::path(model).stem();
    const auto [other, fresh] = stems.emplace(stem, model);
    if (!fresh) {
      fail(ErrorCode::kUsage, "{} and {} would write the same files; rename one", other->second,
           model);
    }
    const fs::path base = fs::path(flags.output) / stem;
    members.push_back({model, base.string() + ".log", base.string() + ".report.json", -1});
  }
  return members;
}

pid_t start(const Member& member, const Flags& flags) {
  std::vector<std::string> words{"edgeopt", "quantize",   member.model,
                                 "-o",      flags.output, "--no-progress"};
  if (!flags.recipe.empty()) words.insert(words.end(), {"--recipe", flags.recipe});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) fail(ErrorCode::kInternal, "a process could not be started");
  if (child > 0) return child;
  if (std::freopen(member.log.c_str(), "w", stderr) == nullptr ||
      std::freopen("/dev/null", "w", stdout) == nullptr) {
    std::_Exit(static_cast<int>(ErrorCode::kBadInput));
  }
  ::execv("/proc/self/exe", arguments.data());
  std::_Exit(static_cast<int>(ErrorCode::kInternal));
}

void run_all(std::vector<Member>& members, const Flags& flags) {
  std::map<pid_t, Member*> running;
  size_t next = 0;
  size_t done = 0;
  while (done < members.size()) {
    while (next < members.size() && running.size() < static_cast<size_t>(flags.jobs)) {
      running[start(members[next], flags)] = &members[next];
      ++next;
    }
    int status = 0;
    const pid_t child = ::wait(&status);
    const auto found = running.find(child);
    if (found == running.end()) continue;
    Member& member = *found->second;
    member.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    running.erase(found);
    ++done;
    log_info(format("{}/{} {}: {}", done, members.size(), member.model,
                    member.status == 0 ? "done" : format("failed ({})", member.status)));
  }
}

std::string last_error(const Member& member) {
  const std::string log = fs::exists(member.log) ? read_file(member.log) : "";
  const size_t error = log.rfind("error: ");
  if (error == std::string::npos) return log.empty() ? "" : "see " + member.log;
  return log.substr(error + 7, log.find('\n', error) - error - 7);
}

Json member_json(const Member& member) {
  Json row{{"model", member.model}, {"status", member.status}};
  if (member.status == 0 || member.status == 1) {
    if (fs::exists(member.report)) row["report"] = Json::parse(read_file(member.report));
  }
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

int run(const Flags& flags) {
  std::vector<Member> members = make_members(flags);
  fs::create_directories(flags.output);
  run_all(members, flags);
  Json rows = Json::array();
  size_t failed = 0;
  for (const Member& member : members) {
    rows.push_back(member_json(member));
    failed += member.status == 0 ? 0 : 1;
  }
  if (flags.json) {
    std::cout << rows.dump(1) << "\n";
  } else {
    std::vector<std::vector<std::string>> cells;
    for (const Json& row : rows) cells.push_back(table_row(row));
    std::cout << text_table(
        {{"model"}, {"status"}, {"size", true}, {"SQNR dB", true}, {"top-1", true}, {"error"}},
        cells);
  }
  if (failed == 0) return 0;
  fail(ErrorCode::kRequirement, "{} of {} models failed", failed, members.size());
}

std::function<int()> declare(CLI::App& app, const GlobalFlags&) {
  auto flags = std::make_shared<Flags>();
  app.add_option("models", flags->patterns, "Models or quoted globs: 'models/*.onnx'")->required();
  app.add_option("--recipe", flags->recipe, "TOML file with the options of `quantize`")
      ->check(CLI::ExistingFile);
  app.add_option("-o,--output", flags->output, "Folder for all results")->capture_default_str();
  app.add_option("-j,--jobs", flags->jobs, "Processes at a time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_flag("--json", flags->json, "Print the summary as JSON");
  app.footer("Example:\n  edgeopt batch 'models/*.onnx' --recipe recipe.toml -j 2");
  return [flags] { return run(*flags); };
}

}  // namespace

extern const Command command_batch = {
    "batch", "Quantize many models with one recipe; one summary, one exit status", declare};

}  // namespace edgeopt::tool
