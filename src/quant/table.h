// The target-neutral quantization table: what is known and decided about the encoding of each
// tensor.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace edgeopt {

// How a tensor is to be quantized; decided before any data is seen.
struct QuantSpec {
  int bits = 8;
  bool symmetric = false;  // zero point in the middle of the grid (0 on a signed grid)
  bool is_signed = false;  // codes in [-2^(b-1), 2^(b-1)-1] instead of [0, 2^b-1]
  bool narrow = false;     // signed symmetric only: the lowest code is not used
  int axis = -1;           // -1: one encoding for the tensor; else one per index along this axis
  bool operator==(const QuantSpec&) const = default;
};

// A tensor's entry. One element in each vector, or one per channel.
// xhat = scale * (q - zero_point), q = clamp(round_half_even(x / scale) + zero_point, qmin, qmax).
struct TensorEncoding {
  QuantSpec spec = {};
  // As the calibrator's observer saw them; empty before calibration.
  std::vector<float> observed_min = {};
  std::vector<float> observed_max = {};
  std::vector<float> scale = {};  // > 0; empty: not yet known, the tensor is simulated in float
  std::vector<int32_t> zero_point = {};
  bool is_bias = false;  // int32, scale = input scale x weight scale
  bool ready() const { return !scale.empty(); }
};

// The smallest and the largest code of the grid. 32 bits: signed.
int64_t lowest_code(const QuantSpec& spec);
int64_t highest_code(const QuantSpec& spec);

// Keyed by tensor name. Several FakeQuant nodes may share one entry (concat inputs, data movement);
// the one with attribute `primary` = 1 is the tensor whose range decides it.
using QuantTable = std::map<std::string, TensorEncoding>;

}  // namespace edgeopt
