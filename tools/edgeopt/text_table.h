// Plain text tables: columns padded to their widest cell.
#pragma once

#include <string>
#include <vector>

namespace edgeopt::tool {

struct Column {
  std::string title;
  bool right = false;  // numbers
};

std::string text_table(const std::vector<Column>& columns,
                       const std::vector<std::vector<std::string>>& rows);

// Of nodes in tables: converters join the names of all that they fold.
inline constexpr size_t kNameLength = 60;

// At most `length` bytes: the middle gives way to "...".
std::string shortened(const std::string& text, size_t length);

// "1.3 MB"; decimal units.
std::string human_bytes(int64_t bytes);
// "40.6 M"; for counts.
std::string human_count(int64_t count);

}  // namespace edgeopt::tool
