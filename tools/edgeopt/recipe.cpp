#include "recipe.h"

#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "base/file.h"
#include "base/format.h"

namespace edgeopt::tool {
namespace {

// Flags that a table may hold, and what stands between a key and its value on the command line.
struct TableFlag {
  const char* name;
  char separator;
};
constexpr TableFlag kTableFlags[] = {{"calibrator-option", '='}, {"input-shape", ':'}};

const std::set<std::string> kNotInRecipes{"help", "recipe"};

class Recipe {
 public:
  Recipe(CLI::App& app, const std::string& file) : app_(app), file_(file) {}

  void apply() {
    const std::string text = read_file(file_);
    try {
      const toml::table table = toml::parse(text, file_);
      for (const auto& [key, node] : table) apply_key(std::string(key.str()), node);
    } catch (const toml::parse_error& error) {
      fail(ErrorCode::kUsage, "{}:{}: {}", file_, error.source().begin.line, error.description());
    }
  }

 private:
  [[noreturn]] void bad(const toml::node& node, const std::string& why) const {
    fail(ErrorCode::kUsage, "{}:{}: {}", file_, node.source().begin.line, why);
  }

  std::string valid_keys() const {
    std::vector<std::string> keys;
    for (const CLI::Option* option : app_.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        if (!kNotInRecipes.contains(name)) keys.push_back(name);
      }
    }
    return format("{}", fmt::join(keys, ", "));
  }

  void apply_key(const std::string& key, const toml::node& node) {
    CLI::Option* option = app_.get_option_no_throw("--" + key);
    if (option == nullptr || kNotInRecipes.contains(key)) {
      bad(node, format("there is no option '{}'; valid: {}", key, valid_keys()));
    }
    const std::vector<std::string> values = values_of(key, node);
    if (option->count() > 0) return;  // the command line wins
    try {
      if (option->get_expected_max() == 0) {
        if (!node.is_boolean()) bad(node, format("{}: must be true or false", key));
        option->add_result(option->get_flag_value(key, values.at(0)));
      } else {
        // An option of one argument takes an array as its elements with commas between them.
        const bool one = option->get_expected_max() == 1 && values.size() > 1;
        option->add_result(one ? std::vector{format("{}", fmt::join(values, ","))} : values);
      }
      option->run_callback();
    } catch (const CLI::ParseError& error) {
      bad(node, error.what());
    }
  }

  std::vector<std::string> values_of(const std::string& key, const toml::node& node) const {
    const toml::table* table = node.as_table();
    if (table == nullptr) return scalars_of(key, node);
    const auto* const known = std::find_if(std::begin(kTableFlags), std::end(kTableFlags),
                                           [&](const TableFlag& flag) { return flag.name == key; });
    if (known == std::end(kTableFlags)) {
      bad(node, format("{}: takes no table; options stand at the top of a recipe", key));
    }
    std::vector<std::string> values;
    for (const auto& [name, value] : *table) {
      values.push_back(
          format("{}{}{}", name.str(), known->separator, fmt::join(scalars_of(key, value), ",")));
    }
    return values;
  }

  // One text for a value, one for each element of an array.
  std::vector<std::string> scalars_of(const std::string& key, const toml::node& node) const {
    std::vector<std::string> values;
    if (const toml::array* array = node.as_array()) {
      for (const toml::node& element : *array) values.push_back(scalar(key, element));
      if (values.empty()) bad(node, format("{}: the array is empty", key));
    } else {
      values.push_back(scalar(key, node));
    }
    return values;
  }

  std::string scalar(const std::string& key, const toml::node& node) const {
    if (const auto text = node.value_exact<std::string>()) return *text;
    if (const auto integer = node.value_exact<int64_t>()) return format("{}", *integer);
    if (const auto number = node.value_exact<double>()) return format("{}", *number);
    if (const auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
    bad(node, format("{}: must be a string, a number, true or false", key));
  }

  CLI::App& app_;
  const std::string& file_;
};

}  // namespace

void add_recipe_flag(CLI::App& app, std::string& file) {
  app.add_option("--recipe", file, "TOML file with these options; the command line wins")
      ->type_name("FILE");
}

void apply_recipe(CLI::App& app, const std::string& file) {
  if (!file.empty()) Recipe(app, file).apply();
}

}  // namespace edgeopt::tool
