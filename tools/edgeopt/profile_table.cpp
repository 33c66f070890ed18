#include "profile_table.h"

#include <algorithm>

#include "base/format.h"
#include "text_table.h"

namespace edgeopt::tool {
std::string profile_table(std::vector<NodeTime> profile) {
  std::stable_sort(profile.begin(), profile.end(),
                   [](const NodeTime& a, const NodeTime& b) { return a.seconds > b.seconds; });
  double total = 0;
  for (const NodeTime& row : profile) total += row.seconds;
  std::vector<std::vector<std::string>> rows;
  for (const NodeTime& row : profile) {
    rows.push_back({shortened(row.node, kNameLength), format("{:.2f}", row.seconds * 1e3),
                    format("{:.1f}", total > 0 ? 100 * row.seconds / total : 0.0),
                    row.gflops > 0 ? format("{:.1f}", row.gflops) : ""});
  }
  return text_table({{"node"}, {"ms", true}, {"%", true}, {"GFLOP/s", true}}, rows);
}

}  // namespace edgeopt::tool
