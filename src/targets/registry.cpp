#include <algorithm>
#include <array>

#include "targets/target.h"

namespace edgeopt {

#define EDGEOPT_TARGET(name) extern const Target target_##name;
#include "targets/targets.def"
#undef EDGEOPT_TARGET

namespace {

constexpr std::array kTargets = {
#define EDGEOPT_TARGET(name) &target_##name,
#include "targets/targets.def"
#undef EDGEOPT_TARGET
};

}  // namespace

const Target* find_target(std::string_view name) {
  const auto found = std::find_if(kTargets.begin(), kTargets.end(),
                                  [&](const Target* target) { return target->name == name; });
  return found == kTargets.end() ? nullptr : *found;
}

std::span<const Target* const> all_targets() { return kTargets; }

}  // namespace edgeopt
