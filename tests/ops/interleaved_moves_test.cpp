// Planes that become the channels of pixels: each element finds its place, and nothing else is
// touched.
#include "ops/interleaved_moves.h"

#include <gtest/gtest.h>

#include <numeric>

#include "ops/movement.h"

namespace edgeopt {
namespace {

constexpr float kUntouched = -1;

std::vector<float> element_by_element(const MovePlan& plan, const std::vector<float>& from,
                                      size_t size) {
  std::vector<float> to(size, kUntouched);
  for (const Move& move : plan.moves) {
    std::vector<int64_t> places;
    for_each_place({move.shape, move.from, move.from_offset},
                   [&](int64_t at) { places.push_back(at); });
    size_t i = 0;
    for_each_place({move.shape, move.to, move.to_offset}, [&](int64_t at) {
      to[static_cast<size_t>(at)] = from[static_cast<size_t>(places[i++])];
    });
  }
  return to;
}

MovePlan plan_of(std::vector<Move> moves) {
  return {.type = DataType::kFloat, .moves = std::move(moves), .constants = {Tensor()}};
}

void expect_interleaved(std::vector<Move> moves, size_t from_size, size_t to_size) {
  const MovePlan plan = plan_of(std::move(moves));
  std::vector<float> from(from_size);
  std::iota(from.begin(), from.end(), 1.0F);
  const std::vector<float> expected = element_by_element(plan, from, to_size);
  const auto interleaved = InterleavedMoves::of(plan);
  ASSERT_TRUE(interleaved.has_value());
  std::vector<float> to(to_size, kUntouched);
  const void* inputs[] = {from.data()};
  interleaved->run(inputs, to.data());
  EXPECT_EQ(to, expected);
}

// `channels` planes of `space` to pixels that begin at place 7.
Move planes(int64_t channels, int64_t space) {
  return {0, 0, {space, channels}, {1, space}, {channels, 1}, 0, 7};
}

TEST(InterleavedMoves, PlanesOfAnyNumberAndLength) {
  for (const int64_t channels : {3, 4, 5, 6, 8, 13}) {
    for (const int64_t space : {2, 4, 5, 63, 2000}) {
      SCOPED_TRACE(channels);
      const auto size = static_cast<size_t>(channels * space);
      expect_interleaved({planes(channels, space)}, size, size + 9);
    }
  }
}

// Every second pixel of every second row of 3 planes of 2 `rows` x 2 `columns`, to channels 3 `k`
// and on of 12.
Move quarter(int64_t k, int64_t rows, int64_t columns) {
  const int64_t plane = 4 * rows * columns;
  return {0,
          0,
          {rows, 3, columns},
          {4 * columns, plane, 2},
          {12 * columns, 1, 12},
          k % 2 * 2 * columns + k / 2,
          3 * k};
}

TEST(InterleavedMoves, PixelsFoldedIntoChannels) {
  for (const int64_t columns : {1, 4, 9, 500}) {
    std::vector<Move> moves;
    for (const int64_t k : {2, 0, 3, 1}) moves.push_back(quarter(k, 3, columns));
    const auto size = static_cast<size_t>(3 * 12 * columns);
    expect_interleaved(moves, size, size);
  }
}

TEST(InterleavedMoves, NotWherePixelsHaveOtherChannelsToo) {
  EXPECT_FALSE(InterleavedMoves::of(plan_of({quarter(0, 3, 9), quarter(1, 3, 9)})).has_value());
  Move gap = planes(4, 9);
  gap.to[0] = 5;
  EXPECT_FALSE(InterleavedMoves::of(plan_of({gap})).has_value());
  EXPECT_FALSE(InterleavedMoves::of(plan_of({planes(2, 9)})).has_value());
}

TEST(InterleavedMoves, NotForOtherSizesOfElements) {
  MovePlan plan = plan_of({planes(4, 9)});
  plan.type = DataType::kFloat16;
  EXPECT_FALSE(InterleavedMoves::of(plan).has_value());
}

}  // namespace
}  // namespace edgeopt
