#include "reference/convolution.h"

#include <algorithm>
#include <limits>

namespace edgeopt::test {
namespace {

Spatial unflatten(int64_t index, const Spatial& space) {
  return {index / (space[1] * space[2]), index / space[2] % space[1], index % space[2]};
}

int64_t flatten(const Spatial& p, const Spatial& space) {
  return (p[0] * space[1] + p[1]) * space[2] + p[2];
}

// The input position under tap `tap` of the window at output position `at`.
Spatial under(const Window& w, int64_t at, int64_t tap) {
  const Spatial p = unflatten(at, w.output);
  const Spatial k = unflatten(tap, w.kernel);
  Spatial i;
  for (size_t d = 0; d < 3; ++d) i[d] = p[d] * w.stride[d] - w.before[d] + k[d] * w.dilation[d];
  return i;
}

bool inside(const Spatial& p, const Spatial& low, const Spatial& high) {
  bool in = true;
  for (size_t d = 0; d < 3; ++d) in = in && p[d] >= low[d] && p[d] < high[d];
  return in;
}

}  // namespace

std::vector<double> reference_convolution(const ConvolutionShape& s, const std::vector<float>& x,
                                          const std::vector<float>& w,
                                          const std::vector<float>& bias) {
  const Window& win = s.window;
  const int64_t big = product(win.input);
  const int64_t small = product(win.output);
  const int64_t x_size = s.transposed ? small : big;
  const int64_t y_size = s.transposed ? big : small;
  const int64_t inputs = s.input_channels / s.groups;
  const int64_t outputs = s.output_channels / s.groups;
  std::vector<double> y(static_cast<size_t>(s.batch * s.output_channels * y_size));
  for (int64_t n = 0; n < s.batch; ++n) {
    for (int64_t o = 0; o < s.output_channels; ++o) {
      double* plane = y.data() + (n * s.output_channels + o) * y_size;
      if (!bias.empty()) std::fill_n(plane, y_size, bias[static_cast<size_t>(o)]);
      for (int64_t i = o / outputs * inputs; i < (o / outputs + 1) * inputs; ++i) {
        const float* from = x.data() + (n * s.input_channels + i) * x_size;
        for (int64_t at = 0; at < small; ++at) {
          for (int64_t tap = 0; tap < s.taps(); ++tap) {
            const Spatial p = under(win, at, tap);
            if (!inside(p, {0, 0, 0}, win.input)) continue;
            const int64_t over = flatten(p, win.input);
            const int64_t filter =
                s.transposed ? i * outputs + o % outputs : o * inputs + i % inputs;
            const double weight = w[static_cast<size_t>(filter * s.taps() + tap)];
            plane[s.transposed ? over : at] += weight * from[s.transposed ? at : over];
          }
        }
      }
    }
  }
  return y;
}

std::vector<double> reference_pool(Pool pool, int64_t planes, const Window& w,
                                   const std::vector<float>& x) {
  Spatial low;
  Spatial high;
  for (size_t d = 0; d < 3; ++d) low[d] = -w.before[d];
  for (size_t d = 0; d < 3; ++d) high[d] = w.input[d] + w.after[d];
  std::vector<double> y;
  for (int64_t plane = 0; plane < planes; ++plane) {
    for (int64_t at = 0; at < product(w.output); ++at) {
      double best = -std::numeric_limits<double>::infinity();
      double sum = 0;
      double count = 0;
      for (int64_t tap = 0; tap < product(w.kernel); ++tap) {
        const Spatial p = under(w, at, tap);
        const bool real = inside(p, {0, 0, 0}, w.input);
        if (real || (pool == Pool::kAverageWithPadding && inside(p, low, high))) ++count;
        if (!real) continue;
        const double value = x[static_cast<size_t>(plane * product(w.input) + flatten(p, w.input))];
        best = std::max(best, value);
        sum += value;
      }
      y.push_back(pool == Pool::kMax ? best : sum / count);
    }
  }
  return y;
}

}  // namespace edgeopt::test
