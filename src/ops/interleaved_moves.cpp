#include "ops/interleaved_moves.h"

#include <algorithm>

#include "tensor/interleave.h"

namespace edgeopt {
namespace {

constexpr int64_t kBlock = 4096;  // elements of the output that stay in the first cache

}  // namespace

std::optional<InterleavedMoves> InterleavedMoves::of(const MovePlan& plan) {
  if (bits_of(plan.type) != 32 || plan.moves.empty() || plan.zeros) return std::nullopt;
  InterleavedMoves result;
  for (const Move& move : plan.moves) {
    if (move.output != 0 || !plan.constants[move.input].empty()) return std::nullopt;
    if (!result.add(move)) return std::nullopt;
  }
  if (!result.fills_pixels()) return std::nullopt;
  return result;
}

// Its axes are one of channels, one of columns and one of rows; the first and the last may lack.
bool InterleavedMoves::add(const Move& move) {
  Form form;
  int64_t channels = 1;
  int64_t from_channel = 0;
  int64_t from_row = 0;
  for (size_t axis = 0; axis < move.shape.size(); ++axis) {
    const int64_t from = move.from[axis];
    if (move.to[axis] == 1 && channels == 1) {
      channels = move.shape[axis];
      from_channel = from;
    } else if ((from == 1 || from == 2) && form.columns == 0) {
      form.columns = move.shape[axis];
      form.from_step = from;
      form.pixel = move.to[axis];
    } else if (form.rows == 1) {
      form.rows = move.shape[axis];
      form.to_row = move.to[axis];
      from_row = from;
    } else {
      return false;
    }
  }
  if (form.columns == 0) return false;
  if (streams_.empty()) form_ = form;
  for (int64_t c = 0; c < channels; ++c) {
    streams_.push_back(
        {move.input, move.from_offset + c * from_channel, from_row, move.to_offset + c});
  }
  return form == form_;
}

// The channels are all those of a pixel, and no element of one row belongs to another.
bool InterleavedMoves::fills_pixels() {
  std::sort(streams_.begin(), streams_.end(),
            [](const Stream& a, const Stream& b) { return a.channel < b.channel; });
  offset_ = streams_[0].channel;
  for (size_t s = 0; s < streams_.size(); ++s) {
    streams_[s].channel -= offset_;
    if (streams_[s].channel != static_cast<int64_t>(s)) return false;
  }
  const auto channels = static_cast<int64_t>(streams_.size());
  const bool rows_apart = form_.rows == 1 || form_.to_row >= form_.columns * form_.pixel;
  return channels >= 3 && channels == form_.pixel && rows_apart;
}

void InterleavedMoves::run(std::span<const void* const> inputs, void* output) const {
  const int64_t block = std::max<int64_t>(16, kBlock / form_.pixel);
  for (int64_t row = 0; row < form_.rows; ++row) {
    for (int64_t c = 0; c < form_.columns; c += block) {
      run_columns(inputs, static_cast<uint32_t*>(output), row, c,
                  std::min(c + block, form_.columns));
    }
  }
}

void InterleavedMoves::run_columns(std::span<const void* const> inputs, uint32_t* output,
                                   int64_t row, int64_t first, int64_t last) const {
  const auto from = [&](size_t s) {
    const Stream& stream = streams_[s];
    return static_cast<const uint32_t*>(inputs[stream.input]) + stream.from +
           row * stream.from_row + first * form_.from_step;
  };
  uint32_t* to = output + offset_ + row * form_.to_row + first * form_.pixel;
  const size_t channels = streams_.size();
  if (channels == 3) {
    return interleave_three({from(0), from(1), from(2)}, form_.from_step, to, last - first);
  }
  for (size_t at = 0; at < channels; at += 4) {
    const size_t s = std::min(at, channels - 4);  // some twice rather than fewer at a time
    interleave_four({from(s), from(s + 1), from(s + 2), from(s + 3)}, form_.from_step, to + s,
                    form_.pixel, last - first);
  }
}

}  // namespace edgeopt
