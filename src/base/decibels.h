// Signal-to-noise ratios for people.
#pragma once

#include <string>

#include "base/format.h"

namespace edgeopt {

// What a ratio without any noise counts as, in dB.
inline constexpr double kExactDecibels = 200;

// "30.7", or "exact" where nothing differs.
inline std::string decibels(double ratio) {
  return ratio >= kExactDecibels ? "exact" : format("{:.1f}", ratio);
}

// The same with its unit.
inline std::string decibels_with_unit(double ratio) {
  return decibels(ratio) + (ratio >= kExactDecibels ? "" : " dB");
}

}  // namespace edgeopt
