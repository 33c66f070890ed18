#include "tensor/interleave.h"

#include <cstring>

namespace edgeopt {
namespace {

// Every x86-64 and ARM64 processor has vectors of this size; longer ones were not faster.
typedef uint32_t Quad __attribute__((vector_size(16)));

Quad load(const uint32_t* from) {
  Quad quad;
  std::memcpy(&quad, from, sizeof quad);
  return quad;
}

void store(uint32_t* to, Quad quad) { std::memcpy(to, &quad, sizeof quad); }

template <int kStep>
Quad take(const uint32_t* from) {
  if constexpr (kStep == 1) return load(from);
  return __builtin_shufflevector(load(from), load(from + 4), 0, 2, 4, 6);
}

// Four pixels at a time while another one follows, so that nothing is read or written behind the
// last: a store of three channels spoils the pixel behind, which is written later. Returns how many
// pixels are done.
template <int kStep, size_t kStreams>
int64_t interleave_quads(const std::array<const uint32_t*, kStreams>& from, uint32_t* to,
                         int64_t to_step, int64_t count) {
  int64_t p = 0;
  for (; p + 4 < count; p += 4, to += 4 * to_step) {
    const Quad a = take<kStep>(from[0] + p * kStep);
    const Quad b = take<kStep>(from[1] + p * kStep);
    const Quad c = take<kStep>(from[2] + p * kStep);
    const Quad d = kStreams == 4 ? take<kStep>(from[kStreams - 1] + p * kStep) : c;
    const Quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const Quad ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const Quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const Quad cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    store(to, __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5));
    store(to + to_step, __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
    store(to + 2 * to_step, __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5));
    store(to + 3 * to_step, __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
  }
  return p;
}

template <size_t kStreams>
void interleave(const std::array<const uint32_t*, kStreams>& from, int64_t from_step, uint32_t* to,
                int64_t to_step, int64_t count) {
  int64_t p = from_step == 1 ? interleave_quads<1>(from, to, to_step, count)
                             : interleave_quads<2>(from, to, to_step, count);
  for (; p < count; ++p) {
    for (size_t s = 0; s < kStreams; ++s) {
      to[p * to_step + static_cast<int64_t>(s)] = from[s][p * from_step];
    }
  }
}

}  // namespace

void interleave_four(const std::array<const uint32_t*, 4>& from, int64_t from_step, uint32_t* to,
                     int64_t to_step, int64_t count) {
  interleave(from, from_step, to, to_step, count);
}

void interleave_three(const std::array<const uint32_t*, 3>& from, int64_t from_step, uint32_t* to,
                      int64_t count) {
  interleave(from, from_step, to, 3, count);
}

}  // namespace edgeopt
