// Shapes of convolutions that the tests of kernels go through.
#pragma once

#include <vector>

#include "kernels/window.h"

namespace edgeopt::test {

struct ConvolutionCase {
  const char* why;
  ConvolutionShape shape;
};

// Two spatial dimensions; the output's size follows.
inline Window window(Spatial input, Spatial kernel, Spatial stride, Spatial dilation,
                     Spatial before, Spatial after) {
  Window w = {input, kernel, stride, dilation, before, after, {1, 1, 1}};
  for (size_t d = 0; d < 3; ++d) {
    const int64_t extent = (kernel[d] - 1) * dilation[d] + 1;
    w.output[d] = (input[d] + before[d] + after[d] - extent) / stride[d] + 1;
  }
  return w;
}

inline Window square(int64_t size, int64_t kernel, int64_t stride, int64_t pad,
                     int64_t dilation = 1) {
  return window({1, size, size}, {1, kernel, kernel}, {1, stride, stride}, {1, dilation, dilation},
                {0, pad, pad}, {0, pad, pad});
}

inline std::vector<ConvolutionCase> convolution_cases() {
  return {
      {"one element", {1, 1, 1, 1, square(1, 1, 1, 0)}},
      {"1x1: rows need no gathering", {2, 1, 24, 40, square(9, 1, 1, 0)}},
      {"1x1 with stride", {2, 1, 16, 24, square(9, 1, 2, 0)}},
      {"depth in several blocks", {1, 1, 1100, 16, square(3, 1, 1, 0)}},
      {"3x3 with padding", {2, 1, 16, 32, square(8, 3, 1, 1)}},
      {"depth cut inside a tap", {1, 1, 200, 24, square(5, 3, 1, 1)}},
      {"first layer: three channels, 7x7, stride 2", {1, 1, 3, 64, square(31, 7, 2, 3)}},
      {"odd channels: part of a vector, of a panel", {1, 1, 5, 13, square(7, 3, 1, 1)}},
      {"one channel more than a panel", {1, 1, 8, 17, square(6, 3, 1, 0)}},
      {"9 columns beside a panel", {1, 1, 8, 25, square(6, 1, 1, 0)}},
      {"dilation", {1, 1, 8, 8, square(11, 3, 1, 2, 2)}},
      {"padding at one side only",
       {1, 1, 4, 8, window({1, 7, 8}, {1, 3, 2}, {1, 2, 1}, {1, 1, 1}, {0, 2, 0}, {0, 0, 1})}},
      {"stride leaves input unused", {1, 1, 4, 8, square(8, 2, 3, 0)}},
      {"padding wider than the kernel", {1, 1, 3, 8, square(2, 2, 1, 3)}},
      {"one dimension",
       {2, 1, 6, 10, window({1, 1, 20}, {1, 1, 5}, {1, 1, 2}, {1, 1, 1}, {0, 0, 2}, {0, 0, 2})}},
      {"three dimensions",
       {1, 1, 4, 8, window({4, 5, 6}, {3, 2, 3}, {1, 2, 1}, {1, 1, 1}, {1, 0, 1}, {1, 1, 1})}},
      {"groups", {2, 2, 16, 32, square(7, 3, 1, 1)}},
      {"groups of four channels", {1, 8, 32, 32, square(7, 3, 1, 1)}},
      {"groups of one input", {1, 6, 6, 12, square(7, 3, 2, 1)}},
      {"depthwise 3x3", {2, 32, 32, 32, square(9, 3, 1, 1)}},
      {"depthwise, stride 2, all vector widths", {1, 61, 61, 61, square(9, 3, 2, 1)}},
      {"depthwise 5x5, wide rows", {1, 40, 40, 40, square(70, 5, 1, 2)}},
      {"depthwise 5x5 on an image smaller than it", {1, 16, 16, 16, square(3, 5, 1, 2)}},
      {"depthwise, dilated", {1, 24, 24, 24, square(10, 3, 1, 2, 2)}},
      {"depthwise, padding wider than the kernel", {1, 8, 8, 8, square(2, 2, 1, 3)}},
      {"depthwise in three dimensions",
       {1, 8, 8, 8, window({3, 4, 5}, {2, 3, 3}, {1, 1, 2}, {1, 1, 1}, {1, 1, 1}, {0, 1, 1})}},
  };
}

}  // namespace edgeopt::test
