// The kernels of one instruction set, in terms of its lanes (lanes_avx2.h, lanes_avx512.h), which
// are included before. Compiled once for each set, in a file that has nothing else in it: what such
// a file makes may run only where the processor has the instructions.
#pragma once

#include <algorithm>
#include <utility>

#include "kernels/tiled/kernel_set.h"
#include "kernels/transcendental_formulas.h"

namespace edgeopt {
namespace {
// NOLINTBEGIN(misc-definitions-in-headers): each file that includes this has its own

struct Whole {
  static Lanes load(const float* p) { return edgeopt::load(p); }
  static void store(float* p, Lanes v) { edgeopt::store(p, v); }
  static void store_bytes(uint8_t* p, Lanes v) { edgeopt::store_bytes(p, v); }
};

struct LanesMath {
  using Vector = Lanes;
  static EDGEOPT_INLINE Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
    return edgeopt::multiply_add(a, b, c);
  }
  static EDGEOPT_INLINE Lanes at_least(Lanes v, float low) { return larger(repeat(low), v); }
  static EDGEOPT_INLINE Lanes at_most(Lanes v, float high) { return smaller(repeat(high), v); }
  static EDGEOPT_INLINE Lanes within(Lanes v, float limit) { return edgeopt::within(v, limit); }
  template <typename Integers>
  static EDGEOPT_INLINE Integers pick(const int32_t* eight, Integers at) {
    return (Integers)edgeopt::pick(eight, (IntegerLanes)at);
  }
};
using Formulas = Transcendental<LanesMath>;

// Added to a whole number (up to 2^22), its lowest bits are the number's; added to another one, it
// is rounded, half to even.
inline constexpr float kRounder = 12582912.0F;

// x on the grid of a kFakeQuant step, in steps from zero, plus kRounder.
inline Lanes shifted_code_of(const FusedStep& step, Lanes x) {
  const Lanes inside = smaller(larger(x, repeat(&step.low)), repeat(&step.high));
  const Lanes rest = multiply(inside, repeat(&step.reciprocal.low));
  const Lanes quotient = multiply_add(inside, repeat(&step.reciprocal.high), rest);
  return add(quotient, repeat(kRounder));
}

inline Lanes code_of(const FusedStep& step, Lanes x) {
  return subtract(shifted_code_of(step, x), repeat(kRounder));
}

inline bool is_table(const FusedStep& step) { return !step.table.empty() || !step.bytes.empty(); }

// The operations of kernels/epilogue.cpp, bit by bit.
template <EpilogueStep::Kind kKind>
inline Lanes apply_step(const FusedStep& step, Lanes x) {
  using Kind = EpilogueStep::Kind;
  if constexpr (kKind == Kind::kRelu) {
    return larger(repeat(0.0F), x);  // a NaN stays
  } else if constexpr (kKind == Kind::kClip) {
    return smaller(repeat(&step.high), larger(repeat(&step.low), x));
  } else if constexpr (kKind == Kind::kLeakyRelu) {
    return where_negative(x, multiply(repeat(&step.scale), x), x);
  } else if constexpr (kKind == Kind::kSigmoid) {
    return Formulas::sigmoid(x);
  } else if constexpr (kKind == Kind::kTanh) {
    return Formulas::tanh(x);
  } else if constexpr (kKind == Kind::kErf) {
    return Formulas::erf(x);
  } else if constexpr (kKind == Kind::kGelu) {
    return Formulas::gelu(x);
  } else if constexpr (kKind == Kind::kSilu) {
    return Formulas::silu(x);
  } else if constexpr (kKind == Kind::kHardSigmoid) {
    const Lanes line = add(multiply(repeat(&step.scale), x), repeat(&step.low));
    return LanesMath::at_most(LanesMath::at_least(line, 0), 1);
  } else if constexpr (kKind == Kind::kHardSwish) {
    const Lanes line = add(divide(x, repeat(6.0F)), repeat(0.5F));
    return multiply(x, LanesMath::at_most(LanesMath::at_least(line, 0), 1));
  } else {
    static_assert(kKind == Kind::kFakeQuant);
    return multiply(code_of(step, x), repeat(&step.scale));
  }
}

template <EpilogueStep::Kind kKind, int kR, int kV>
inline void apply_to_tile(const FusedStep& step, Lanes (&tile)[kR][kV]) {
#pragma GCC unroll 32
  for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kV; ++v) tile[r][v] = apply_step<kKind>(step, tile[r][v]);
  }
}

// Vectors in memory, so that the code of long functions is there only once for each. `y` may be
// `x`.
template <EpilogueStep::Kind kKind>
__attribute__((noinline)) void apply_to_array(const FusedStep& step, const float* x, float* y,
                                              int64_t count) {
#pragma GCC unroll 4
  for (int64_t i = 0; i < count * kLanes; i += kLanes) {
    store(y + i, apply_step<kKind>(step, load(x + i)));
  }
}

__attribute__((noinline)) void apply_table(const FusedStep& step, const float* x, float* y,
                                           int64_t count) {
  const Lanes lowest = code_of(step, repeat(&step.low));
  for (int64_t i = 0; i < count * kLanes; i += kLanes) {
    store(y + i, look_up(step.table.data(), subtract(code_of(step, load(x + i)), lowest)));
  }
}

// In three turns for some vectors at a time: one after the other is a chain in which each operation
// waits for the one before.
__attribute__((noinline)) void apply_bytes(const FusedStep& step, const float* x, float* y,
                                           int64_t count) {
  constexpr int64_t kV = ByteTable::kVectors;
  constexpr int64_t kGroups = 8;
  const ByteTable table(step.bytes.data(), step.byte_changes.data());
  const Lanes zero = repeat(ByteTable::kShift - step.first_step);
  const Lanes scale = repeat(step.byte_scale);
  for (int64_t first = 0; first < count; first += kV * kGroups) {
    // The last vector stands for those that are missing in its group.
    const auto at = [&](int64_t v) { return std::min(first + v, count - 1) * kLanes; };
    const int64_t groups = std::min(kGroups, (count - first + kV - 1) / kV);
    Lanes values[kV];
    ByteTable::Bytes bytes[kGroups];
    for (int64_t g = 0; g < groups; ++g) {
#pragma GCC unroll 4
      for (int64_t v = 0; v < kV; ++v) {
        values[v] = shifted_code_of(step, load(x + at(g * kV + v)));
      }
      bytes[g] = ByteTable::lowest_bytes(values);
    }
    table.look_up(bytes, groups);
    for (int64_t g = 0; g < groups; ++g) {
      ByteTable::spread(bytes[g], values);
#pragma GCC unroll 4
      for (int64_t v = 0; v < kV; ++v) {
        store(y + at(g * kV + v), multiply(subtract(values[v], zero), scale));
      }
    }
  }
}

inline void apply_long_step(const FusedStep& step, const float* x, float* y, int64_t count) {
  using Kind = EpilogueStep::Kind;
  switch (step.kind) {
    case Kind::kSigmoid: return apply_to_array<Kind::kSigmoid>(step, x, y, count);
    case Kind::kTanh: return apply_to_array<Kind::kTanh>(step, x, y, count);
    case Kind::kErf: return apply_to_array<Kind::kErf>(step, x, y, count);
    case Kind::kGelu: return apply_to_array<Kind::kGelu>(step, x, y, count);
    case Kind::kSilu: return apply_to_array<Kind::kSilu>(step, x, y, count);
    case Kind::kHardSigmoid: return apply_to_array<Kind::kHardSigmoid>(step, x, y, count);
    case Kind::kFakeQuant:
      return step.bytes.empty() ? apply_table(step, x, y, count) : apply_bytes(step, x, y, count);
    default: return apply_to_array<Kind::kHardSwish>(step, x, y, count);
  }
}

template <int kR, int kV>
inline void apply_long_step(const FusedStep& step, Lanes (&tile)[kR][kV]) {
  alignas(64) float values[kR * kV * kLanes];
#pragma GCC unroll 32
  for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kV; ++v) store(values + (r * kV + v) * kLanes, tile[r][v]);
  }
  apply_long_step(step, values, values, kR * kV);
#pragma GCC unroll 32
  for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kV; ++v) tile[r][v] = load(values + (r * kV + v) * kLanes);
  }
}

// The steps on a tile of kR rows of kV vectors; element (r, v) of the result lies at
// `at` + r * stride + v * kLanes of the operands.
template <int kR, int kV, typename Access>
inline void apply_steps(const FusedStep* steps, int64_t count, const float* const* operands,
                        int64_t at, int64_t stride, const Access& access, Lanes (&tile)[kR][kV]) {
  using Kind = EpilogueStep::Kind;
  for (int64_t i = 0; i < count; ++i) {
    const FusedStep& step = steps[i];
    switch (step.kind) {
      case Kind::kRelu: apply_to_tile<Kind::kRelu>(step, tile); break;
      case Kind::kClip: apply_to_tile<Kind::kClip>(step, tile); break;
      case Kind::kLeakyRelu: apply_to_tile<Kind::kLeakyRelu>(step, tile); break;
      case Kind::kAdd: {
        const float* operand = operands[step.operand] + at;
#pragma GCC unroll 32
        for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 4
          for (int v = 0; v < kV; ++v) {
            tile[r][v] = add(tile[r][v], access.load(operand + r * stride + v * kLanes));
          }
        }
        break;
      }
      case Kind::kFakeQuant:
        if (!is_table(step)) {
          apply_to_tile<Kind::kFakeQuant>(step, tile);
          break;
        }
        [[fallthrough]];
      default: apply_long_step(step, tile);
    }
  }
}

// kV vectors of y from `at` on.
template <int kV, typename Access>
inline void steps_on(const StepsJob& job, int64_t at, const Access& access) {
  Lanes values[1][kV];
#pragma GCC unroll 8
  for (int v = 0; v < kV; ++v) values[0][v] = access.load(job.x + at + v * kLanes);
  apply_steps(job.steps, job.step_count, job.operands, at, 0, access, values);
#pragma GCC unroll 8
  for (int v = 0; v < kV; ++v) access.store(job.y + at + v * kLanes, values[0][v]);
}

// True for what apply_long_step() is for.
inline bool is_long(const FusedStep& step) {
  using Kind = EpilogueStep::Kind;
  switch (step.kind) {
    case Kind::kRelu:
    case Kind::kClip:
    case Kind::kLeakyRelu:
    case Kind::kAdd: return false;
    case Kind::kFakeQuant: return is_table(step);
    default: return true;
  }
}

void steps_of(const StepsJob& job) {
  constexpr int kAtOnce = 8;
  int64_t at = job.first;
  if (job.step_count == 1 && is_long(*job.steps)) {  // not by way of a tile
    const int64_t vectors = (job.last - at) / kLanes;
    apply_long_step(*job.steps, job.x + at, job.y + at, vectors);
    at += vectors * kLanes;
  }
  for (; at + kAtOnce * kLanes <= job.last; at += kAtOnce * kLanes) {
    steps_on<kAtOnce>(job, at, Whole());
  }
  for (; at + kLanes <= job.last; at += kLanes) steps_on<1>(job, at, Whole());
  if (at < job.last) steps_on<1>(job, at, Part(job.last - at));
}

// Codes of kV vectors from `at` on.
template <int kV, typename Access>
inline void codes_on(const CodesJob& job, int64_t at, const Access& access) {
  const StepsJob& steps = job.steps;
  Lanes values[1][kV];
#pragma GCC unroll 8
  for (int v = 0; v < kV; ++v) values[0][v] = access.load(steps.x + at + v * kLanes);
  apply_steps(steps.steps, steps.step_count, steps.operands, at, 0, access, values);
  const FusedStep& grid = steps.steps[steps.step_count];
#pragma GCC unroll 8
  for (int v = 0; v < kV; ++v) {
    access.store_bytes(job.y + at + v * kLanes,
                       add(code_of(grid, values[0][v]), repeat(&job.zero_point)));
  }
}

void codes_of(const CodesJob& job) {
  constexpr int kAtOnce = 8;
  int64_t at = job.steps.first;
  for (; at + kAtOnce * kLanes <= job.steps.last; at += kAtOnce * kLanes) {
    codes_on<kAtOnce>(job, at, Whole());
  }
  for (; at + kLanes <= job.steps.last; at += kLanes) codes_on<1>(job, at, Whole());
  if (at < job.steps.last) codes_on<1>(job, at, Part(job.steps.last - at));
}

// Sums stay in registers only as long as nobody has their address: steps are for a copy of them.
template <int kR, int kV>
inline void copy_tile(const Lanes (&from)[kR][kV], Lanes (&to)[kR][kV]) {
#pragma GCC unroll 32
  for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kV; ++v) to[r][v] = from[r][v];
  }
}

template <int kR, int kV>
void tile_of(const TileJob& job) {
  Lanes sum[kR][kV];
  const float* bias = job.bias;
#pragma GCC unroll 32
  for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kV; ++v) {
      sum[r][v] = load((bias != nullptr ? bias : job.y + r * job.stride) + v * kLanes);
    }
  }
  const float* panel = job.panel;
  for (int64_t s = 0; s < job.segment_count; ++s) {
    const float* row[kR];
#pragma GCC unroll 32
    for (int r = 0; r < kR; ++r) row[r] = job.rows[r] + job.segments[s].offset;
    const int64_t length = job.segments[s].length;
#pragma GCC unroll 2
    for (int64_t k = 0; k < length; ++k) {
      Lanes weight[kV];
#pragma GCC unroll 4
      for (int v = 0; v < kV; ++v) weight[v] = load(panel + v * kLanes);
      panel += kV * kLanes;
#pragma GCC unroll 32
      for (int r = 0; r < kR; ++r) {
        const Lanes x = repeat(row[r] + k);
#pragma GCC unroll 4
        for (int v = 0; v < kV; ++v) sum[r][v] = multiply_add(x, weight[v], sum[r][v]);
      }
    }
  }
  Lanes tile[kR][kV];
  copy_tile(sum, tile);
  apply_steps(job.steps, job.step_count, job.operands, job.at, job.stride, Whole(), tile);
#pragma GCC unroll 32
  for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kV; ++v) store(job.y + r * job.stride + v * kLanes, tile[r][v]);
  }
}

// kP pixels of kV vectors of channels.
template <int kP, int kV, typename Access>
inline void pixels_by(const DepthwiseJob& job, const Access& access) {
  Lanes sum[kP][kV];
#pragma GCC unroll 16
  for (int p = 0; p < kP; ++p) {
#pragma GCC unroll 4
    for (int v = 0; v < kV; ++v) sum[p][v] = load(job.bias + v * kLanes);
  }
  for (int64_t t = 0; t < job.tap_rows; ++t) {
    const float* x = job.taps[t].x + job.offset + job.first_tap * job.tap_step;
    const float* w = job.taps[t].weights + job.first_tap * job.weight_step;
    for (int64_t k = job.first_tap; k < job.last_tap; ++k) {
      Lanes weight[kV];
#pragma GCC unroll 4
      for (int v = 0; v < kV; ++v) weight[v] = load(w + v * kLanes);
#pragma GCC unroll 16
      for (int p = 0; p < kP; ++p) {
#pragma GCC unroll 4
        for (int v = 0; v < kV; ++v) {
          const Lanes at = access.load(x + p * job.pixel_step + v * kLanes);
          sum[p][v] = multiply_add(at, weight[v], sum[p][v]);
        }
      }
      x += job.tap_step;
      w += job.weight_step;
    }
  }
  Lanes tile[kP][kV];
  copy_tile(sum, tile);
  apply_steps(job.steps, job.step_count, job.operands, job.at, job.stride, access, tile);
#pragma GCC unroll 16
  for (int p = 0; p < kP; ++p) {
#pragma GCC unroll 4
    for (int v = 0; v < kV; ++v) access.store(job.y + p * job.stride + v * kLanes, tile[p][v]);
  }
}

template <int kP, int kV>
void pixels_of(const DepthwiseJob& job) {
  pixels_by<kP, kV>(job, Whole());
}

template <int kP>
void pixels_of_part(const DepthwiseJob& job) {
  pixels_by<kP, 1>(job, Part(job.lanes));
}

template <int kV, int... kR>
constexpr TileKernels tiles(std::integer_sequence<int, kR...> /*rows*/) {
  return {kV * kLanes, sizeof...(kR), {tile_of<kR + 1, kV>...}};
}

template <int kV, int... kP>
constexpr PixelKernels pixels(std::integer_sequence<int, kP...> /*pixels*/) {
  return {kV * kLanes, sizeof...(kP), {pixels_of<kP + 1, kV>...}};
}

template <int... kP>
constexpr PixelKernels part_pixels(std::integer_sequence<int, kP...> /*pixels*/) {
  return {kLanes, sizeof...(kP), {pixels_of_part<kP + 1>...}};
}

constexpr KernelSet kKernels = {
    .lanes = kLanes,
    .wide = tiles<2>(std::make_integer_sequence<int, kTallTile>()),
    .narrow = tiles<1>(std::make_integer_sequence<int, kNarrowTile>()),
    .four_vectors = pixels<4>(std::make_integer_sequence<int, 3>()),
    .two_vectors = pixels<2>(std::make_integer_sequence<int, 6>()),
    .one_vector = pixels<1>(std::make_integer_sequence<int, 6>()),
    .part_of_one = part_pixels(std::make_integer_sequence<int, 6>()),
    .steps = steps_of,
    .codes = codes_of,
};

// NOLINTEND(misc-definitions-in-headers)
}  // namespace
}  // namespace edgeopt
