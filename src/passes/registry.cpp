// The table of passes, from passes.def.
#include <algorithm>
#include <array>

#include "passes/pass.h"

namespace edgeopt {

#define EDGEOPT_PASS(identifier) extern const Pass pass_##identifier;
#include "passes/passes.def"
#undef EDGEOPT_PASS

namespace {

constexpr std::array kPasses = {
#define EDGEOPT_PASS(identifier) &pass_##identifier,
#include "passes/passes.def"
#undef EDGEOPT_PASS
};

}  // namespace

const Pass* find_pass(std::string_view name) {
  const auto found = std::find_if(kPasses.begin(), kPasses.end(),
                                  [name](const Pass* pass) { return pass->name == name; });
  return found == kPasses.end() ? nullptr : *found;
}

std::span<const Pass* const> all_passes() { return kPasses; }

}  // namespace edgeopt
