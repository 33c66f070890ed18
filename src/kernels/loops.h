// The definitions of convolution and matrix product as plain loops over any element type. Slow;
// the fast float versions are kernels/convolution.h and kernels/matmul.h.
#pragma once

#include "kernels/window.h"

namespace edgeopt {

// All tensors in plain layout. x(i) and w(output channel, i) give element i as an A;
// store(output channel, i, sum) takes element i of the result.
template <typename A, typename X, typename W, typename Store>
void convolution_loop(const ConvolutionShape& s, X x, W w, Store store) {
  const int64_t x_size = product(s.window.input);
  const int64_t y_size = product(s.window.output);
  for (int64_t n = 0; n < s.batch; ++n) {
    for (int64_t o = 0; o < s.output_channels; ++o) {
      const int64_t first = o / s.group_outputs() * s.group_inputs();
      for_each_position(s.window.output, [&](const Spatial& p, int64_t at) {
        A sum{};
        for (int64_t i = 0; i < s.group_inputs(); ++i) {
          const int64_t plane = (n * s.input_channels + first + i) * x_size;
          const int64_t filter = (o * s.group_inputs() + i) * s.taps();
          for_each_tap(s.window, p, [&](int64_t tap, int64_t from) {
            sum += x(plane + from) * w(o, filter + tap);
          });
        }
        store(o, (n * s.output_channels + o) * y_size + at, sum);
      });
    }
  }
}

// The same for a transposed convolution, element by element of the result: `add(i, product)`
// accumulates into element i of the result, which starts at zero.
template <typename X, typename W, typename Add>
void transposed_convolution_loop(const ConvolutionShape& s, X x, W w, Add add) {
  const int64_t x_size = product(s.window.output);
  const int64_t y_size = product(s.window.input);
  for (int64_t n = 0; n < s.batch; ++n) {
    for (int64_t i = 0; i < s.input_channels; ++i) {
      const int64_t first = i / s.group_inputs() * s.group_outputs();
      for_each_position(s.window.output, [&](const Spatial& p, int64_t from) {
        const auto value = x((n * s.input_channels + i) * x_size + from);
        for (int64_t o = 0; o < s.group_outputs(); ++o) {
          const int64_t plane = (n * s.output_channels + first + o) * y_size;
          const int64_t filter = (i * s.group_outputs() + o) * s.taps();
          for_each_tap(s.window, p,
                       [&](int64_t tap, int64_t at) { add(plane + at, value * w(filter + tap)); });
        }
      });
    }
  }
}

// store(row, column, sum over k of a(row, k) * b(k, column)).
template <typename A, typename Left, typename Right, typename Store>
void matmul_loop(int64_t rows, int64_t columns, int64_t depth, Left a, Right b, Store store) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      A sum{};
      for (int64_t k = 0; k < depth; ++k) sum += a(r, k) * b(k, c);
      store(r, c, sum);
    }
  }
}

}  // namespace edgeopt
