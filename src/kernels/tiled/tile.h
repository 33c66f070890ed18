// One register tile of a matrix product.
#pragma once

#include <cstdint>

#include "kernels/tiled/product.h"

namespace edgeopt {

constexpr int64_t kPanel = 16;       // columns of a tile: two vectors; a last panel may have one
constexpr int64_t kTallTile = 6;     // rows of a tile of two vectors
constexpr int64_t kNarrowTile = 12;  // rows of a tile of one vector

struct TileJob {
  const float* rows[kNarrowTile] = {};
  int64_t row_count = 0;
  const Segment* segments = nullptr;
  int64_t segment_count = 0;
  const float* panel = nullptr;  // kPanel or kPanel / 2 weights for each k
  const float* bias = nullptr;   // where the sum starts; nullptr: at what is in y
  float* y = nullptr;
  int64_t stride = 0;   // between rows of y and of the operands
  int64_t columns = 0;  // that exist: the rest of the panel is padding
  const FusedStep* steps = nullptr;
  int64_t step_count = 0;
  const float* const* operands = nullptr;
  int64_t at = 0;  // of y's first element in the whole result
};

// `wide`: a tile of two vectors.
void run_tile(const TileJob& job, bool wide);

}  // namespace edgeopt
