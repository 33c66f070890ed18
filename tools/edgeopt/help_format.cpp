#include "help_format.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "base/format.h"

namespace edgeopt::tool {
namespace {

constexpr size_t kColumn = 28;
constexpr size_t kWidth = 96;

// `text` in lines that begin at kColumn; the first follows what is there already.
std::string wrapped(const std::string& text) {
  std::string lines;
  size_t used = 0;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const size_t length = end - at;
    if (used > 0 && kColumn + used + 1 + length > kWidth) {
      lines += "\n" + std::string(kColumn, ' ');
      used = 0;
    }
    if (used > 0) {
      lines += ' ';
      ++used;
    }
    lines += text.substr(at, length);
    used += length;
    at = end + 1;
  }
  return lines;
}

// "a|b|c" of a check for membership, else "N", "X", or what the option calls its value.
std::string value_name(const CLI::Option& option) {
  if (option.get_expected_max() == 0) return "";
  std::string type = option.get_type_name();
  const size_t open = type.find('{');
  if (open != std::string::npos && type.back() == '}') {
    std::string choices = type.substr(open + 1, type.size() - open - 2);
    std::replace(choices.begin(), choices.end(), ',', '|');
    return choices;
  }
  if (!type.starts_with("NAME")) type = type.substr(0, type.find_first_of(": "));
  if (type == "INT" || type == "UINT") return "N";
  return type == "FLOAT" ? "X" : type;
}

class HelpFormat : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string name) const override {
    std::string text = "Usage: " + name;
    for (const CLI::Option* option : app->get_options()) {
      if (!option->get_positional()) continue;
      text += " " + upper(option->get_name(true));
      if (option->get_expected_max() > 1) text += "...";
    }
    if (app->get_subcommands([](const CLI::App*) { return true; }).empty()) {
      return text + " [OPTIONS]\n\n";
    }
    return text + " COMMAND [OPTIONS]\n\n";
  }

  std::string make_description(const CLI::App* app) const override {
    return app->get_description() + ".\n\n";
  }

  std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode) const override {
    std::string text;
    for (const CLI::App* sub : app->get_subcommands([](const CLI::App*) { return true; })) {
      text += row(sub->get_name(), sub->get_description());
    }
    return text.empty() ? "" : "\nCommands:\n" + text;
  }

  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override {
    std::string text = (is_positional ? "Arguments" : group) + ":\n";
    for (const CLI::Option* option : options) text += make_option(option, is_positional);
    return is_positional ? text + "\n" : text;
  }

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::string name = is_positional ? upper(option->get_name(true)) : flag_names(*option);
    const std::string value = is_positional ? "" : value_name(*option);
    if (!value.empty()) name += " " + value;
    std::string description = option->get_description();
    const std::string standard = option->get_default_str();
    if (!standard.empty()) description += format(" (default: {})", standard);
    return row(name, description);
  }

 private:
  static std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
  }

  static std::string flag_names(const CLI::Option& option) {
    std::string names;
    for (const std::string& name : option.get_snames()) names += "-" + name + ", ";
    for (const std::string& name : option.get_lnames()) names += "--" + name + ", ";
    names.resize(names.size() - 2);
    return names;
  }

  static std::string row(const std::string& name, const std::string& description) {
    std::string text = "  " + name;
    if (text.size() + 2 > kColumn) {
      text += "\n" + std::string(kColumn, ' ');
    } else {
      text.resize(kColumn, ' ');
    }
    return text + wrapped(description) + "\n";
  }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_format() { return std::make_shared<HelpFormat>(); }

}  // namespace edgeopt::tool
