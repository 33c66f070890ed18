// A calibrator: chooses the range of a tensor from what an observer saw of it.
//
// A calibrator is one file `quant/calibrators/NAME.cpp`, one line in `calibrators.def`, its row in
// docs/numerics.md. It looks at the histogram, never at the data.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "quant/encoding.h"
#include "quant/observer.h"

namespace edgeopt {

struct Calibrator {
  std::string_view name;
  std::string_view summary;
  std::vector<OptionSpec> options;
  bool needs_histogram = true;  // false: min and max are enough
  // The range to encode, inside the observed one widened to hold zero.
  Range (*range)(const ObservedTensor& observed, const QuantSpec& spec,
                 const OptionValues& options);
};

// Throws Error(kUsage) listing the known ones.
const Calibrator& find_calibrator(std::string_view name);
std::span<const Calibrator* const> all_calibrators();

}  // namespace edgeopt
