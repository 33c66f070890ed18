// Pieces of HTML and SVG text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace edgeopt::html {

// The text with &, <, >, " and ' replaced, for element content and attribute values.
std::string escape(std::string_view text);

// Numbers as people write them; a true minus sign.
std::string number(double value, int decimals);
// "1.3 MB"; decimal units.
std::string bytes(int64_t count);
// A range's end: about three significant digits.
std::string compact(double value);

}  // namespace edgeopt::html
