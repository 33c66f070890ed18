#include "report/html.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/format.h"

namespace edgeopt::html {
namespace {

constexpr const char* kMinus = "\u2212";

std::string with_minus(std::string text) {
  if (!text.starts_with('-')) return text;
  const bool zero = text.find_first_of("123456789") == std::string::npos;
  return (zero ? "" : kMinus) + text.substr(1);
}

}  // namespace

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string number(double value, int decimals) {
  return with_minus(format("{:.{}f}", value, decimals));
}

std::string bytes(int64_t count) {
  const char* const units[] = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(count);
  size_t unit = 0;
  while (value >= 1000.0 && unit + 1 < std::size(units)) {
    value /= 1000.0;
    ++unit;
  }
  return format("{:.{}f} {}", value, unit == 0 ? 0 : value < 10 ? 2 : 1, units[unit]);
}

std::string compact(double value) {
  if (value == 0) return "0";
  const double size = std::abs(value);
  if (size >= 1e5 || size < 1e-3) return with_minus(format("{:.2e}", value));
  const int digits = 2 - static_cast<int>(std::floor(std::log10(size)));
  return number(value, std::clamp(digits, 0, 5));
}

}  // namespace edgeopt::html
