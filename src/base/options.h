// Typed options, declared once in a record: flags, --help, recipes, JSON and docs derive from it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace edgeopt {

struct OptionSpec {
  enum class Type { kBool, kInt, kFloat, kString, kChoice };
  std::string_view name;  // kebab-case
  Type type = Type::kString;
  std::string_view default_value;  // as text
  std::string_view help;           // one line, with the unit
  std::string_view choices = {};   // kChoice: "a|b|c"
  double minimum = -1e300;         // kInt, kFloat: inclusive
  double maximum = 1e300;
};

// Values of the options of one record: given ones, else defaults. Checked when set.
class OptionValues {
 public:
  OptionValues() = default;
  // `owner` names the pass or calibrator in messages.
  OptionValues(std::string_view owner, const std::vector<OptionSpec>& specs);
  // Throws Error(kUsage): unknown name (lists the valid ones), unreadable value, value out of
  // range.
  void set(std::string_view name, std::string_view value);
  bool flag(std::string_view name) const;
  int64_t integer(std::string_view name) const;
  double number(std::string_view name) const;
  const std::string& text(std::string_view name) const;
  const std::map<std::string, std::string, std::less<>>& all() const { return values_; }

 private:
  const OptionSpec& spec(std::string_view name) const;
  std::string owner_;
  std::vector<OptionSpec> specs_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace edgeopt
