// DFT, STFT: discrete Fourier transforms by definition, a sum for each output element. Signals have
// a last axis of 1 (real) or 2 (real and imaginary part).
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "base/format.h"
#include "ops/axis.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

using Complex = std::complex<double>;

// Transforms are sums of products, point by point.
constexpr int64_t kLongest = 1 << 22;

// `bins` outputs of a transform of `length`; a shorter line is padded with zeros.
std::vector<Complex> transform(const std::vector<Complex>& line, int64_t length, int64_t bins,
                               bool inverse) {
  std::vector<Complex> turns;  // the powers of the root of unity
  for (int64_t i = 0; i < length; ++i) {
    const double angle =
        2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length);
    turns.push_back(std::polar(1.0, inverse ? angle : -angle));
  }
  const int64_t used = std::min(length, static_cast<int64_t>(line.size()));
  std::vector<Complex> result;
  for (int64_t bin = 0; bin < bins; ++bin) {
    Complex sum = 0;
    for (int64_t i = 0; i < used; ++i) {
      sum += line[static_cast<size_t>(i)] * turns[static_cast<size_t>(bin * i % length)];
    }
    result.push_back(inverse ? sum / static_cast<double>(length) : sum);
  }
  return result;
}

// The axis is an attribute before opset 20, then input 2.
template <typename Context>
int64_t dft_axis(const Context& c, int64_t rank) {
  const int64_t fallback = c.opset() < 20 ? 1 : -2;
  const int64_t axis = c.has_input(2) ? c.integer(2) : c.node().int_or("axis", fallback);
  const int64_t normal = c.normalized_axis(axis, rank);
  if (normal == rank - 1) c.bad("transforms the axis of real and imaginary parts");
  return normal;
}

void infer_dft(InferContext& c) {
  Shape shape = c.shape(0);
  if (shape.size() < 2 || (shape.back() != 1 && shape.back() != 2)) {
    c.bad("the last axis is not of 1 or 2");
  }
  int64_t& length = shape[static_cast<size_t>(dft_axis(c, c.rank(0)))];
  if (c.has_input(1)) length = c.integer(1);
  if (length < 1) c.bad("its length is not positive");
  if (length > kLongest) c.unsupported(format("a transform of {} points", length));
  if (c.node().int_or("onesided", 0) != 0) {
    if (c.node().int_or("inverse", 0) != 0) c.unsupported("an inverse that is onesided");
    length = length / 2 + 1;
  }
  shape.back() = 2;
  c.set_output(0, c.type(0), std::move(shape));
}

template <typename T>
void dft(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const int64_t axis = dft_axis(c, static_cast<int64_t>(x.rank()));
  const int64_t parts = x.dim(x.rank() - 1);
  const AxisView from(x.shape(), axis);
  const AxisView to(c.output(0).shape(), axis);
  const int64_t length = c.has_input(1) ? c.integer(1) : from.length;
  const bool inverse = c.node().int_or("inverse", 0) != 0;
  const int64_t inner = from.inner / parts;
  const auto value = [&](int64_t i) {
    return static_cast<double>(static_cast<Wide<T>>(x.data<T>()[i]));
  };
  T* out = c.output(0).mutable_data<T>();
  for (int64_t line = 0; line < from.outer * inner; ++line) {
    const int64_t o = line / inner;
    const int64_t i = line % inner;
    std::vector<Complex> signal;
    for (int64_t k = 0; k < from.length; ++k) {
      const int64_t at = ((o * from.length + k) * inner + i) * parts;
      signal.emplace_back(value(at), parts == 2 ? value(at + 1) : 0.0);
    }
    const std::vector<Complex> spectrum = transform(signal, length, to.length, inverse);
    for (int64_t k = 0; k < to.length; ++k) {
      const int64_t at = ((o * to.length + k) * inner + i) * 2;
      out[at] = static_cast<T>(static_cast<Wide<T>>(spectrum[static_cast<size_t>(k)].real()));
      out[at + 1] = static_cast<T>(static_cast<Wide<T>>(spectrum[static_cast<size_t>(k)].imag()));
    }
  }
}

struct Frames {
  int64_t step = 0;
  int64_t length = 0;
};

template <typename Context>
Frames frames_of(const Context& c, int64_t window) {
  Frames frames{c.integer(1), window};
  if (c.has_input(3)) frames.length = c.integer(3);
  if (frames.step < 1 || frames.length < 1) c.bad("a frame's step or length is not positive");
  if (c.has_input(2) && window != frames.length) c.bad("the window is not as long as a frame");
  return frames;
}

void infer_stft(InferContext& c) {
  const Shape& x = c.shape(0);
  if (x.size() != 3 || (x[2] != 1 && x[2] != 2)) c.bad("its signal is not [batch, length, 1 or 2]");
  if (c.has_input(2) && (c.rank(2) != 1 || c.type(2) != c.type(0))) {
    c.bad("its window is not a vector of the signal's type");
  }
  const Frames frames = frames_of(c, c.has_input(2) ? c.shape(2)[0] : 0);
  if (frames.length > x[1]) c.bad("a frame is longer than the signal");
  const bool onesided = c.node().int_or("onesided", 1) != 0;
  const int64_t bins = onesided ? frames.length / 2 + 1 : frames.length;
  c.set_output(0, c.type(0), {x[0], (x[1] - frames.length) / frames.step + 1, bins, 2});
}

template <typename T>
void stft(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Frames frames = frames_of(c, c.has_input(2) ? c.input(2).dim(0) : 0);
  const Shape& shape = c.output(0).shape();
  const int64_t parts = x.dim(2);
  const auto value = [](const Tensor& t, int64_t i) {
    return static_cast<double>(static_cast<Wide<T>>(t.data<T>()[i]));
  };
  T* to = c.output(0).mutable_data<T>();
  for (int64_t row = 0; row < shape[0] * shape[1]; ++row) {
    const int64_t start = row / shape[1] * x.dim(1) + row % shape[1] * frames.step;
    std::vector<Complex> signal;
    for (int64_t i = 0; i < frames.length; ++i) {
      const int64_t at = (start + i) * parts;
      const double weight = c.has_input(2) ? value(c.input(2), i) : 1.0;
      signal.emplace_back(value(x, at) * weight, parts == 2 ? value(x, at + 1) * weight : 0.0);
    }
    for (const Complex& bin : transform(signal, frames.length, shape[2], false)) {
      *to++ = static_cast<T>(static_cast<Wide<T>>(bin.real()));
      *to++ = static_cast<T>(static_cast<Wide<T>>(bin.imag()));
    }
  }
}

}  // namespace

extern const Operator op_DFT = {
    .name = "DFT",
    .domain = "",
    .infer = infer_dft,
    .compute =
        [](ComputeContext& c) {
          const DataType type = c.input(0).type();
          const bool known =
              dispatch(type, FloatTypes(), [&]<typename T>(std::type_identity<T>) { dft<T>(c); });
          if (!known) c.unsupported("type " + name_of(type));
        },
};
extern const Operator op_STFT = {
    .name = "STFT",
    .domain = "",
    .infer = infer_stft,
    .compute =
        [](ComputeContext& c) {
          const DataType type = c.input(0).type();
          const bool known =
              dispatch(type, FloatTypes(), [&]<typename T>(std::type_identity<T>) { stft<T>(c); });
          if (!known) c.unsupported("type " + name_of(type));
        },
};

}  // namespace edgeopt
