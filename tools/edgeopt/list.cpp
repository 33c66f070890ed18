// edgeopt list: everything that is registered, with its options.
#include <iostream>

#include "base/json.h"
#include "command.h"
#include "edgeopt/optimize.h"
#include "text_table.h"

namespace edgeopt::tool {
namespace {

struct Flags {
  std::string kind;
  bool json = false;
};

Json to_json(const std::vector<Listed>& rows) {
  Json list = Json::array();
  for (const Listed& row : rows) {
    Json options = Json::array();
    for (const ListedOption& option : row.options) {
      options.push_back(
          {{"name", option.name}, {"default", option.default_value}, {"help", option.help}});
    }
    list.push_back({{"name", row.name}, {"summary", row.summary}, {"options", std::move(options)}});
  }
  return list;
}

int run(const Flags& flags) {
  const std::vector<Listed> rows = list_registered(flags.kind);
  if (flags.json) {
    std::cout << json_text(to_json(rows)) << "\n";
    return 0;
  }
  std::vector<std::vector<std::string>> cells;
  for (const Listed& row : rows) {
    cells.push_back({row.name, row.summary});
    for (const ListedOption& option : row.options) {
      cells.push_back(
          {"  " + option.name, option.help + " (default " + option.default_value + ")"});
    }
  }
  std::cout << text_table({{"name"}, {"what it does"}}, cells);
  return 0;
}

std::function<int()> declare(CLI::App& app, const GlobalFlags&) {
  auto flags = std::make_shared<Flags>();
  app.add_option("kind", flags->kind, "What to list")
      ->required()
      ->check(CLI::IsMember({"passes", "targets", "calibrators", "ops", "presets"}));
  app.add_flag("--json", flags->json, "As JSON");
  app.footer("Example:\n  edgeopt list passes");
  return [flags] { return run(*flags); };
}

}  // namespace

extern const Command command_list = {
    "list", "List passes, targets, calibrators, ops or presets with their options", declare};

}  // namespace edgeopt::tool
