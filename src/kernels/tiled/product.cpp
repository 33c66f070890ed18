#include "kernels/tiled/product.h"

#include <algorithm>

namespace edgeopt {
namespace {

constexpr int64_t kDeepest = 512;            // of a block: its panel stays in the first caches
constexpr int64_t kBlockFloats = 32 * 1024;  // of the rows of a block

// Of the largest tile: all rows of one vector.
constexpr int64_t kTileFloats = kMostTileRows * 16;

void copy_columns(const TileJob& job, const float* from, int64_t from_stride, float* to,
                  int64_t to_stride) {
  for (int64_t r = 0; r < job.row_count; ++r) {
    for (int64_t c = 0; c < job.columns; ++c) to[r * to_stride + c] = from[r * from_stride + c];
  }
}

// A tile whose last columns do not exist: computed beside the result.
void run_part(const TileJob& job, const TileKernels& kernels) {
  const int64_t width = kernels.columns;
  float y[kTileFloats] = {};
  float copies[kFusedOperands][kTileFloats] = {};
  const float* operands[kFusedOperands] = {};
  TileJob part = job;
  part.y = y;
  part.stride = width;
  part.at = 0;
  part.operands = operands;
  if (job.bias == nullptr) copy_columns(job, job.y, job.stride, y, width);
  for (int64_t i = 0; i < job.step_count; ++i) {
    if (job.steps[i].kind != EpilogueStep::Kind::kAdd) continue;
    const size_t n = job.steps[i].operand;
    copy_columns(job, job.operands[n] + job.at, job.stride, copies[n], width);
    operands[n] = copies[n];
  }
  kernels.functions[static_cast<size_t>(job.row_count - 1)](part);
  copy_columns(job, y, width, job.y, job.stride);
}

void run_tile(const TileJob& job, const TileKernels& kernels) {
  if (job.columns < kernels.columns) return run_part(job, kernels);
  kernels.functions[static_cast<size_t>(job.row_count - 1)](job);
}

// Hands out the starts of successive rows.
class RowCursor {
 public:
  RowCursor(const RowSource& rows, int64_t first)
      : rows_(rows), row_(first), place_(first % rows.period) {
    start_ = rows.x + first / rows.period * rows.period_stride;
  }
  const float* next() {
    if (rows_.offsets == nullptr) return rows_.x + row_++ * rows_.stride;
    const float* start = start_ + rows_.offsets[place_];
    if (++place_ == rows_.period) {
      place_ = 0;
      start_ += rows_.period_stride;
    }
    return start;
  }

 private:
  const RowSource& rows_;
  int64_t row_;
  int64_t place_;
  const float* start_;
};

}  // namespace

TiledProduct::TiledProduct(int64_t columns, const std::vector<Segment>& segments,
                           std::vector<FusedStep> steps)
    : kernels_(*kernel_set()), columns_(columns), steps_(std::move(steps)) {
  int64_t depth = 0;
  for (const Segment& segment : segments) depth += segment.length;
  const int64_t count = std::max<int64_t>(1, (depth + kDeepest - 1) / kDeepest);
  const int64_t target = (depth + count - 1) / count;
  blocks_.emplace_back();
  for (const Segment& segment : segments) add_segment(segment, target);
  const int64_t rows = kBlockFloats / std::max<int64_t>(1, std::min(depth, kDeepest));
  const int64_t tile = kernels_.narrow.rows;  // a multiple of the rows of a wide one
  block_rows_ = std::clamp(rows / tile * tile, 2 * tile, 240 / tile * tile);
}

// Cuts the segment where a block of the depth is full.
void TiledProduct::add_segment(Segment segment, int64_t target) {
  while (segment.length > 0) {
    if (blocks_.back().length == target) {
      blocks_.push_back({{}, depth_, 0});
    }
    Block& block = blocks_.back();
    const int64_t length = std::min(segment.length, target - block.length);
    Segment* last = block.segments.empty() ? nullptr : &block.segments.back();
    if (last != nullptr && last->offset + last->length == segment.offset) {
      last->length += length;
    } else {
      block.segments.push_back({segment.offset, length});
    }
    block.length += length;
    depth_ += length;
    segment.offset += length;
    segment.length -= length;
  }
}

// For the tile that starts where so many columns are left.
const TileKernels& TiledProduct::kernels_for(int64_t columns) const {
  return columns > kernels_.lanes ? kernels_.wide : kernels_.narrow;
}

int64_t TiledProduct::padded_columns() const {
  const int64_t rest = columns_ % kernels_.wide.columns;
  return rest == 0 ? columns_ : columns_ - rest + kernels_for(rest).columns;
}

size_t TiledProduct::packed_size() const { return static_cast<size_t>(padded_columns() * depth_); }

size_t TiledProduct::bias_size() const { return static_cast<size_t>(padded_columns()); }

void TiledProduct::pack(const float* weights, int64_t k_stride, int64_t c_stride,
                        float* packed) const {
  for (int64_t first = 0; first < columns_; first += kernels_.wide.columns) {
    const int64_t width = kernels_for(columns_ - first).columns;
    const int64_t real = std::min(width, columns_ - first);
    for (int64_t k = 0; k < depth_; ++k) {
      const float* from = weights + k * k_stride + first * c_stride;
      for (int64_t c = 0; c < real; ++c) packed[c] = from[c * c_stride];
      std::fill(packed + real, packed + width, 0.0F);
      packed += width;
    }
  }
}

void TiledProduct::pack_bias(const float* bias, float* packed) const {
  std::fill(packed, packed + bias_size(), 0.0F);
  if (bias != nullptr) std::copy(bias, bias + columns_, packed);
}

void TiledProduct::run(const RowSource& rows, int64_t first, int64_t last, const float* packed,
                       const float* bias, const ResultTarget& target) const {
  for (size_t b = 0; b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    TileJob job;
    job.segments = block.segments.data();
    job.segment_count = static_cast<int64_t>(block.segments.size());
    job.stride = target.stride;
    job.operands = target.operands;
    const bool ends = b + 1 == blocks_.size();
    job.steps = steps_.data();
    job.step_count = ends ? static_cast<int64_t>(steps_.size()) : 0;
    for (int64_t c = 0; c < columns_; c += kernels_.wide.columns) {
      const TileKernels& kernels = kernels_for(columns_ - c);
      job.columns = std::min(kernels.columns, columns_ - c);
      job.panel = packed + c * depth_ + block.first * kernels.columns;
      job.bias = b == 0 ? bias + c : nullptr;
      RowCursor cursor(rows, first);
      for (int64_t r = first; r < last; r += kernels.rows) {
        job.row_count = std::min(kernels.rows, last - r);
        for (int64_t i = 0; i < job.row_count; ++i) job.rows[i] = cursor.next();
        job.at = target.at + r * target.stride + c;
        job.y = target.y + job.at;
        run_tile(job, kernels);
      }
    }
  }
}

}  // namespace edgeopt
