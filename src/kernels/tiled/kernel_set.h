// The innermost loops, one set for each instruction set. All sets give the same bits: the sums run
// in the same order.
#pragma once

#include <array>
#include <cstdint>

#include "kernels/tiled/fused_steps.h"

namespace edgeopt {

// A stretch of a row: `length` floats at `offset` from the row's start.
struct Segment {
  int64_t offset = 0;
  int64_t length = 0;
};

constexpr size_t kMostTileRows = 28;
constexpr size_t kMostPixels = 6;

// One register tile of a matrix product: y(r, c) = steps(bias(c) + sum over k of row(r)[k] *
// panel(k, c)).
struct TileJob {
  const float* rows[kMostTileRows] = {};
  int64_t row_count = 0;
  const Segment* segments = nullptr;
  int64_t segment_count = 0;
  const float* panel = nullptr;  // the tile's width in weights for each k
  const float* bias = nullptr;   // where the sum starts; nullptr: at what is in y
  float* y = nullptr;
  int64_t stride = 0;   // between rows of y and of the operands
  int64_t columns = 0;  // that exist: the rest of the panel is padding
  const FusedStep* steps = nullptr;
  int64_t step_count = 0;
  const float* const* operands = nullptr;
  int64_t at = 0;  // of y's first element in the whole result
};

// One row of taps: where the first tap of the first pixel reads, and its weights.
struct TapRow {
  const float* x = nullptr;
  const float* weights = nullptr;
};

// Neighbouring pixels of one output row of a depthwise convolution, for some channels.
struct DepthwiseJob {
  const TapRow* taps = nullptr;
  int64_t tap_rows = 0;
  int64_t first_tap = 0;  // of each row
  int64_t last_tap = 0;   // exclusive
  int64_t offset = 0;     // of the first pixel, into x
  int64_t tap_step = 0;   // between taps, in x
  int64_t pixel_step = 0;
  int64_t weight_step = 0;  // between taps, in the weights
  const float* bias = nullptr;
  float* y = nullptr;
  int64_t at = 0;  // of y in the whole result
  int64_t stride = 0;
  const FusedStep* steps = nullptr;
  int64_t step_count = 0;
  const float* const* operands = nullptr;
  int64_t lanes = 0;  // of a part of a vector
};

// y[i] = steps(x[i]) for first <= i < last; operands[k][i] belongs to x[i]. `y` may be `x` or an
// operand.
struct StepsJob {
  const float* x = nullptr;
  float* y = nullptr;
  int64_t first = 0;
  int64_t last = 0;
  const FusedStep* steps = nullptr;
  int64_t step_count = 0;
  const float* const* operands = nullptr;
};

// y[i] = the code of steps(x[i]) on the grid of one more step, a kFakeQuant behind the others.
struct CodesJob {
  StepsJob steps;  // without its y
  uint8_t* y = nullptr;
  float zero_point = 0;  // codes are 0 to 255
};

using TileFunction = void (*)(const TileJob&);
using PixelFunction = void (*)(const DepthwiseJob&);

// functions[r - 1] computes r rows of all columns.
struct TileKernels {
  int64_t columns = 0;
  int64_t rows = 0;  // at most
  std::array<TileFunction, kMostTileRows> functions = {};
};

// functions[p - 1] computes p pixels of all channels.
struct PixelKernels {
  int64_t channels = 0;
  int64_t pixels = 0;  // at most
  std::array<PixelFunction, kMostPixels> functions = {};
};

struct KernelSet {
  int64_t lanes = 0;  // floats of a vector
  TileKernels wide;   // of two vectors
  TileKernels narrow;
  PixelKernels four_vectors;
  PixelKernels two_vectors;
  PixelKernels one_vector;
  PixelKernels part_of_one;  // the first job.lanes channels
  void (*steps)(const StepsJob& job) = nullptr;
  void (*codes)(const CodesJob& job) = nullptr;
};

const KernelSet& avx2_kernels();
const KernelSet& avx512_kernels();

// The best set for this processor; nullptr where there is none.
const KernelSet* kernel_set();

}  // namespace edgeopt
