#include "text_table.h"

#include <algorithm>

#include "base/format.h"

namespace edgeopt::tool {
namespace {

std::string padded_row(const std::vector<Column>& columns, const std::vector<size_t>& widths,
                       const std::vector<std::string>& cells) {
  std::string line;
  for (size_t i = 0; i < columns.size(); ++i) {
    line += i == 0 ? "" : "  ";
    line += columns[i].right ? format("{:>{}}", cells[i], widths[i])
                             : format("{:<{}}", cells[i], widths[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string scaled(int64_t number, const char* suffix) {
  const char* const prefixes[] = {"", "k", "M", "G", "T"};
  auto value = static_cast<double>(number);
  size_t i = 0;
  while (value >= 1000.0 && i + 1 < std::size(prefixes)) {
    value /= 1000.0;
    ++i;
  }
  const std::string unit = std::string(prefixes[i]) + suffix;
  const std::string digits =
      i == 0 ? format("{}", number) : format("{:.{}f}", value, value < 10 ? 2 : 1);
  return unit.empty() ? digits : digits + " " + unit;
}

}  // namespace

std::string text_table(const std::vector<Column>& columns,
                       const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  std::vector<std::string> titles;
  for (size_t i = 0; i < columns.size(); ++i) {
    size_t width = columns[i].title.size();
    for (const auto& row : rows) width = std::max(width, row[i].size());
    widths.push_back(width);
    titles.push_back(columns[i].title);
  }
  std::string text = padded_row(columns, widths, titles);
  for (const auto& row : rows) text += padded_row(columns, widths, row);
  return text;
}

std::string shortened(const std::string& text, size_t length) {
  constexpr std::string_view kGap = "...";
  if (text.size() <= length) return text;
  const auto within_character = [&](size_t at) { return (text[at] & 0xC0) == 0x80; };  // UTF-8
  size_t head = (length - kGap.size()) / 2;
  size_t tail = text.size() - (length - kGap.size() - head);
  while (head > 0 && within_character(head)) --head;
  while (tail < text.size() && within_character(tail)) ++tail;
  return text.substr(0, head) + std::string(kGap) + text.substr(tail);
}

std::string human_bytes(int64_t bytes) { return scaled(bytes, "B"); }
std::string human_count(int64_t count) { return scaled(count, ""); }

}  // namespace edgeopt::tool
