#include "base/options.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/format.h"

namespace edgeopt {
namespace {

std::string valid_names(const std::vector<OptionSpec>& specs) {
  if (specs.empty()) return "it has no options";
  std::string names;
  for (const OptionSpec& spec : specs)
    names += (names.empty() ? "" : ", ") + std::string(spec.name);
  return "valid options: " + names;
}

bool is_choice(std::string_view choices, std::string_view value) {
  if (value.empty()) return false;
  while (!choices.empty()) {
    const size_t bar = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, bar) == value) return true;
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  return false;
}

// The flag's canonical text, empty when `value` is none.
std::string_view canonical_flag(std::string_view value) {
  for (const std::string_view yes : {"true", "1", "yes", "on"}) {
    if (value == yes) return "true";
  }
  for (const std::string_view no : {"false", "0", "no", "off"}) {
    if (value == no) return "false";
  }
  return {};
}

template <typename T>
bool parse(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

template <typename T>
void check_number(const std::string& where, const OptionSpec& spec, std::string_view text) {
  T value{};
  const bool readable = parse(text, value) && std::isfinite(static_cast<double>(value));
  if (!readable) {
    fail(ErrorCode::kUsage, "{}: '{}' is not {}", where, text,
         spec.type == OptionSpec::Type::kInt ? "an integer" : "a number");
  }
  const double number = static_cast<double>(value);
  if (number < spec.minimum || number > spec.maximum) {
    fail(ErrorCode::kUsage, "{}: {} is not between {} and {}", where, text, spec.minimum,
         spec.maximum);
  }
}

}  // namespace

OptionValues::OptionValues(std::string_view owner, const std::vector<OptionSpec>& specs)
    : owner_(owner), specs_(specs) {
  for (const OptionSpec& spec : specs_) values_[std::string(spec.name)] = spec.default_value;
}

const OptionSpec& OptionValues::spec(std::string_view name) const {
  const auto found = std::find_if(specs_.begin(), specs_.end(),
                                  [&](const OptionSpec& spec) { return spec.name == name; });
  if (found == specs_.end()) {
    fail(ErrorCode::kUsage, "{} has no option '{}'; {}", owner_, name, valid_names(specs_));
  }
  return *found;
}

void OptionValues::set(std::string_view name, std::string_view value) {
  const OptionSpec& option = spec(name);
  const std::string where = format("{}: option '{}'", owner_, name);
  std::string_view stored = value;
  switch (option.type) {
    case OptionSpec::Type::kBool:
      stored = canonical_flag(value);
      if (stored.empty()) {
        fail(ErrorCode::kUsage, "{}: '{}' is neither true nor false", where, value);
      }
      break;
    case OptionSpec::Type::kInt: check_number<int64_t>(where, option, value); break;
    case OptionSpec::Type::kFloat: check_number<double>(where, option, value); break;
    case OptionSpec::Type::kString: break;
    case OptionSpec::Type::kChoice:
      if (!is_choice(option.choices, value)) {
        fail(ErrorCode::kUsage, "{}: '{}' is none of {}", where, value, option.choices);
      }
      break;
  }
  values_[std::string(name)] = stored;
}

bool OptionValues::flag(std::string_view name) const {
  return canonical_flag(text(name)) == "true";
}

int64_t OptionValues::integer(std::string_view name) const {
  int64_t value = 0;
  check(parse(text(name), value), "an integer option holds an integer");
  return value;
}

double OptionValues::number(std::string_view name) const {
  double value = 0;
  check(parse(text(name), value), "a number option holds a number");
  return value;
}

const std::string& OptionValues::text(std::string_view name) const {
  return values_.at(std::string(spec(name).name));
}

}  // namespace edgeopt
