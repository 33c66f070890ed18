// Windows that slide over up to three spatial dimensions, and the shapes of the layers that use
// them. Fewer dimensions are three with leading ones.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace edgeopt {

using Spatial = std::array<int64_t, 3>;

inline int64_t product(const Spatial& s) { return s[0] * s[1] * s[2]; }

// Tap k of the window at output position p reads input position
// p * stride - before + k * dilation; positions outside [0, input) are padding.
struct Window {
  Spatial input = {1, 1, 1};
  Spatial kernel = {1, 1, 1};
  Spatial stride = {1, 1, 1};
  Spatial dilation = {1, 1, 1};
  Spatial before = {0, 0, 0};
  Spatial after = {0, 0, 0};
  Spatial output = {1, 1, 1};
};

// Calls f(tap index, input index) for each tap of the window at output position `p` that is not
// padding; both indices are flat, row-major over the three dimensions.
template <typename F>
void for_each_tap(const Window& w, const Spatial& p, F f) {
  Spatial start;
  for (size_t d = 0; d < 3; ++d) start[d] = p[d] * w.stride[d] - w.before[d];
  for (int64_t kd = 0; kd < w.kernel[0]; ++kd) {
    const int64_t d = start[0] + kd * w.dilation[0];
    if (d < 0 || d >= w.input[0]) continue;
    for (int64_t kh = 0; kh < w.kernel[1]; ++kh) {
      const int64_t h = start[1] + kh * w.dilation[1];
      if (h < 0 || h >= w.input[1]) continue;
      for (int64_t kw = 0; kw < w.kernel[2]; ++kw) {
        const int64_t i = start[2] + kw * w.dilation[2];
        if (i < 0 || i >= w.input[2]) continue;
        f((kd * w.kernel[1] + kh) * w.kernel[2] + kw, (d * w.input[1] + h) * w.input[2] + i);
      }
    }
  }
}

// Calls f(position, flat index) for each position of a space, in order.
template <typename F>
void for_each_position(const Spatial& space, F f) {
  int64_t flat = 0;
  Spatial p;
  for (p[0] = 0; p[0] < space[0]; ++p[0]) {
    for (p[1] = 0; p[1] < space[1]; ++p[1]) {
      for (p[2] = 0; p[2] < space[2]; ++p[2]) f(p, flat++);
    }
  }
}

// A convolution from window.input to window.output. Weights are [output_channels][input_channels /
// groups][kernel].
// Its transpose has the same form with input and output exchanged: it reads window.output with
// input_channels and makes window.input with output_channels; weights are
// [input_channels][output_channels / groups][kernel].
struct ConvolutionShape {
  int64_t batch = 1;
  int64_t groups = 1;
  int64_t input_channels = 1;   // of all groups
  int64_t output_channels = 1;  // of all groups
  Window window;
  bool transposed = false;

  const Spatial& x_space() const { return transposed ? window.output : window.input; }
  const Spatial& y_space() const { return transposed ? window.input : window.output; }
  int64_t taps() const { return product(window.kernel); }
  int64_t group_inputs() const { return input_channels / groups; }
  int64_t group_outputs() const { return output_channels / groups; }
  int64_t weight_size() const { return output_channels * group_inputs() * taps(); }
};

}  // namespace edgeopt
