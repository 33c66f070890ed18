#include "pipeline/pass_list.h"

#include <cctype>
#include <string>

#include "base/format.h"

namespace edgeopt {
namespace {

std::string known_passes() {
  std::string names;
  for (const Pass* pass : all_passes()) {
    names += (names.empty() ? "" : ", ") + std::string(pass->name);
  }
  return names;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::vector<PassStep> parse() {
    std::vector<PassStep> steps;
    skip_separators();
    while (!at_end()) {
      steps.push_back(step());
      skip_blanks();
      if (!at_end() && text_[at_] != ',' && text_[at_] != '\n') bad("expected ','");
      skip_separators();
    }
    return steps;
  }

 private:
  bool at_end() const { return at_ == text_.size(); }
  bool peek(char c) const { return !at_end() && text_[at_] == c; }

  [[noreturn]] void bad(const char* why) const {
    fail(ErrorCode::kUsage,
         "passes: {} at '{}'; the form is name,name{{option=value,option=value}}", why,
         text_.substr(at_, 20));
  }

  // Blanks and remarks, not line breaks.
  void skip_blanks() {
    while (peek(' ') || peek('\t') || peek('\r')) ++at_;
    if (!peek('#')) return;
    while (!at_end() && !peek('\n')) ++at_;
  }

  void skip_separators() {
    skip_blanks();
    while (peek(',') || peek('\n')) {
      ++at_;
      skip_blanks();
    }
  }

  std::string_view name() {
    const size_t begin = at_;
    while (!at_end() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                         text_[at_] == '-' || text_[at_] == '_')) {
      ++at_;
    }
    if (begin == at_) bad("expected a name");
    return text_.substr(begin, at_ - begin);
  }

  // Everything up to the next ',' or '}'.
  std::string_view value() {
    const size_t begin = at_;
    while (!at_end() && !peek(',') && !peek('}')) ++at_;
    size_t end = at_;
    while (end > begin && std::isspace(static_cast<unsigned char>(text_[end - 1])) != 0) --end;
    return text_.substr(begin, end - begin);
  }

  PassStep step() {
    const std::string_view pass_name = name();
    const Pass* pass = find_pass(pass_name);
    if (pass == nullptr) {
      fail(ErrorCode::kUsage, "there is no pass '{}'; there are: {}", pass_name, known_passes());
    }
    PassStep made{pass, OptionValues(pass->name, pass->options)};
    skip_blanks();
    if (!peek('{')) return made;
    ++at_;
    skip_separators();
    while (!peek('}')) {
      const std::string_view option = name();
      skip_blanks();
      if (!peek('=')) bad("expected '='");
      ++at_;
      skip_blanks();
      made.options.set(option, value());
      if (at_end()) bad("'}' is missing");
      skip_separators();
    }
    ++at_;
    return made;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::vector<PassStep> parse_pass_list(std::string_view text) { return Parser(text).parse(); }

}  // namespace edgeopt
