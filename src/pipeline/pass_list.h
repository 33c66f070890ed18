// Lists of passes as text: "fold-batch-norm,equalize-layers{iterations=2}".
//
// Passes are separated by commas or line breaks; options stand in braces behind the name. '#'
// begins a remark that ends with its line.
#pragma once

#include <string_view>
#include <vector>

#include "base/options.h"
#include "passes/pass.h"

namespace edgeopt {

struct PassStep {
  const Pass* pass = nullptr;
  OptionValues options;
};

// Throws Error(kUsage) for a text of another form, and for an unknown pass or option, listing the
// valid ones.
std::vector<PassStep> parse_pass_list(std::string_view text);

}  // namespace edgeopt
