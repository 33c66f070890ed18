// A matrix product in register tiles: rows gathered from memory, columns packed beforehand, the
// epilogue applied in registers. Where there is a kernel_set().
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/tiled/kernel_set.h"

namespace edgeopt {

// Where rows start: x + (r / period) * period_stride + offsets[r % period], or x + r * stride when
// there are no offsets.
struct RowSource {
  const float* x = nullptr;
  int64_t stride = 0;
  const int32_t* offsets = nullptr;
  int64_t period = 1;
  int64_t period_stride = 0;
};

// Where results go: element (r, c) to y[at + r * stride + c]; the operands of the epilogue have the
// same places. `y` overlaps no input and no operand.
struct ResultTarget {
  float* y = nullptr;
  int64_t at = 0;
  int64_t stride = 0;
  const float* const* operands = nullptr;
};

// y(r, c) = steps(bias(c) + sum over k of row(r)[k] * weight(k, c)), where a row is its segments
// one after the other.
class TiledProduct {
 public:
  TiledProduct(int64_t columns, const std::vector<Segment>& segments, std::vector<FusedStep> steps);

  int64_t columns() const { return columns_; }
  int64_t depth() const { return depth_; }
  // Rows that are best computed in one call of `run`: they stay in the second-level cache.
  int64_t block_rows() const { return block_rows_; }
  // Floats of the packed weights and of the bias.
  size_t packed_size() const;
  size_t bias_size() const;
  // Weight (k, c) is weights[k * k_stride + c * c_stride].
  void pack(const float* weights, int64_t k_stride, int64_t c_stride, float* packed) const;
  // `bias` may be nullptr: zeros.
  void pack_bias(const float* bias, float* packed) const;

  void run(const RowSource& rows, int64_t first, int64_t last, const float* packed,
           const float* bias, const ResultTarget& target) const;

 private:
  struct Block {  // of the depth
    std::vector<Segment> segments;
    int64_t first = 0;
    int64_t length = 0;
  };
  void add_segment(Segment segment, int64_t target);
  const TileKernels& kernels_for(int64_t columns) const;
  int64_t padded_columns() const;

  const KernelSet& kernels_;
  int64_t columns_;
  int64_t depth_ = 0;
  int64_t block_rows_ = 0;
  std::vector<Block> blocks_;
  std::vector<FusedStep> steps_;
};

}  // namespace edgeopt
