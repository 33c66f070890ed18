// From a floating-point number to an integer, whatever the number is.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace edgeopt {

// Truncates; what does not fit 64 bits saturates, what does not fit a narrower type wraps around.
template <typename T>
T to_integer(double value) {
  if (std::isnan(value)) return T{0};
  if constexpr (std::is_same_v<T, uint64_t>) {
    if (value >= 0x1p64) return std::numeric_limits<T>::max();
    if (value >= 0x1p63) return static_cast<T>(value);
  }
  if (value >= 0x1p63) return static_cast<T>(std::numeric_limits<int64_t>::max());
  if (value <= -0x1p63) return static_cast<T>(std::numeric_limits<int64_t>::min());
  return static_cast<T>(static_cast<int64_t>(value));
}

// The same where T is an integer; otherwise the number in that type.
template <typename T>
T to_number(double value) {
  if constexpr (std::is_integral_v<T>) {
    return to_integer<T>(value);
  } else {
    return static_cast<T>(value);
  }
}

}  // namespace edgeopt
