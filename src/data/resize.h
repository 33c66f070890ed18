// Resizing as Pillow's Image.resize(size, BILINEAR) does it: a triangle filter that widens when
// shrinking (antialiased), first along rows, then along columns, weights in fixed point with 22
// bits, 8-bit values between the two passes. The results equal Pillow's; where the height shrinks
// much more than the width, Pillow 13 swaps the passes, which changes some values by one.
#pragma once

#include "data/image.h"

namespace edgeopt {

struct Size {
  int64_t width = 0;
  int64_t height = 0;
  bool operator==(const Size&) const = default;
};

// A part of a picture, in pixels.
struct SourceWindow {
  int64_t left = 0;
  int64_t top = 0;
  int64_t width = 0;
  int64_t height = 0;
};

// The pixels of `window` of the picture resized to `size`; only they are computed. The window lies
// within `size`.
Image resize(const Image& image, Size size, const SourceWindow& window);
inline Image resize(const Image& image, Size size) {
  return resize(image, size, {0, 0, size.width, size.height});
}

}  // namespace edgeopt
