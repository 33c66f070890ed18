#include "kernels/tiled/tile.h"

#include <array>
#include <utility>

#include "kernels/tiled/lanes.h"

namespace edgeopt {
namespace {

template <int kR, int kV>
void start(const TileJob& job, Lanes (&sum)[kR][kV]) {
#pragma GCC unroll 16
  for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kV; ++v) {
      sum[r][v] =
          load(job.bias != nullptr ? job.bias + v * kLanes : job.y + r * job.stride + v * kLanes);
    }
  }
}

template <int kR, int kV>
void whole_tile(const TileJob& job) {
  Lanes sum[kR][kV];
  start(job, sum);
  const float* panel = job.panel;
  for (int64_t s = 0; s < job.segment_count; ++s) {
    const float* row[kR];
#pragma GCC unroll 16
    for (int r = 0; r < kR; ++r) row[r] = job.rows[r] + job.segments[s].offset;
    const int64_t length = job.segments[s].length;
#pragma GCC unroll 2
    for (int64_t k = 0; k < length; ++k) {
      Lanes weight[kV];
#pragma GCC unroll 4
      for (int v = 0; v < kV; ++v) weight[v] = load(panel + v * kLanes);
      panel += kV * kLanes;
#pragma GCC unroll 16
      for (int r = 0; r < kR; ++r) {
        const Lanes x = repeat(row[r] + k);
#pragma GCC unroll 4
        for (int v = 0; v < kV; ++v) sum[r][v] = multiply_add(x, weight[v], sum[r][v]);
      }
    }
  }
  apply_steps(job.steps, job.step_count, job.operands, job.at, job.stride, WholeLoad(), sum);
#pragma GCC unroll 16
  for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kV; ++v) store(job.y + r * job.stride + v * kLanes, sum[r][v]);
  }
}

using TileFunction = void (*)(const TileJob&);

template <int kV, int... kR>
constexpr std::array<TileFunction, sizeof...(kR)> tiles(std::integer_sequence<int, kR...>) {
  return {whole_tile<kR + 1, kV>...};
}

constexpr auto kWideTiles = tiles<2>(std::make_integer_sequence<int, kTallTile>());
constexpr auto kNarrowTiles = tiles<1>(std::make_integer_sequence<int, kNarrowTile>());

void run_whole(const TileJob& job, bool wide) {
  const auto index = static_cast<size_t>(job.row_count - 1);
  (wide ? kWideTiles[index] : kNarrowTiles[index])(job);
}

constexpr int64_t kTileFloats = kTallTile * kPanel;

void copy_columns(const TileJob& job, const float* from, int64_t from_stride, float* to,
                  int64_t to_stride) {
  for (int64_t r = 0; r < job.row_count; ++r) {
    for (int64_t c = 0; c < job.columns; ++c) to[r * to_stride + c] = from[r * from_stride + c];
  }
}

// A tile whose last columns do not exist: computed beside the result.
void run_part(const TileJob& job, bool wide) {
  const int64_t width = wide ? kPanel : kPanel / 2;
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
  run_whole(part, wide);
  copy_columns(job, y, width, job.y, job.stride);
}

}  // namespace

bool tiled_kernels_available() {
  static const bool available = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return available;
}

void run_tile(const TileJob& job, bool wide) {
  if (job.columns == (wide ? kPanel : kPanel / 2)) return run_whole(job, wide);
  run_part(job, wide);
}

}  // namespace edgeopt
