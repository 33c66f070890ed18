// Two moves as one: the joined move takes each element where both would have taken it.
#include "ops/join_moves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/random.h"
#include "ops/movement.h"

namespace edgeopt {
namespace {

// Of each place in the output the place in the input.
std::map<int64_t, int64_t> places(const Move& move) {
  std::vector<int64_t> from;
  for_each_place({move.shape, move.from, move.from_offset},
                 [&](int64_t at) { from.push_back(at); });
  std::map<int64_t, int64_t> result;
  size_t i = 0;
  for_each_place({move.shape, move.to, move.to_offset},
                 [&](int64_t at) { result[at] = from[i++]; });
  return result;
}

std::map<int64_t, int64_t> one_after_the_other(const Move& first, const Move& second,
                                               int64_t shift) {
  const std::map<int64_t, int64_t> before = places(first);
  std::map<int64_t, int64_t> result;
  for (const auto& [to, from] : places(second)) {
    const auto at = before.find(from + shift);
    if (at != before.end()) result[to] = at->second;
  }
  return result;
}

// Every second row of a plain tensor of 6 x 8, at place 5 of the output.
const Move kRows{0, 0, {3, 8}, {16, 1}, {8, 1}, 8, 5};

TEST(JoinMoves, ASliceOfASlice) {
  const Move columns{0, 0, {3, 4}, {8, 2}, {4, 1}, 1, 0};
  const auto joined = pulled(kRows, columns, 5);
  ASSERT_TRUE(joined.has_value());
  EXPECT_EQ(joined->from, (std::vector<int64_t>{16, 2}));
  EXPECT_EQ(joined->from_offset, 9);
  EXPECT_EQ(places(*joined), one_after_the_other(kRows, columns, 5));
}

TEST(JoinMoves, AnAxisThatRunsOnIsDivided) {
  const Move all{0, 0, {24}, {1}, {2}, 0, 7};
  const auto joined = pulled(kRows, all, 5);
  ASSERT_TRUE(joined.has_value());
  EXPECT_EQ(places(*joined), one_after_the_other(kRows, all, 5));
}

TEST(JoinMoves, PartsOfAConcatenationGoOnIntoAnotherLayout) {
  const Move part{1, 0, {2, 6}, {6, 1}, {6, 1}, 0, 12};  // channels 2 and 3 of 4
  const Move relayout{0, 0, {4, 6}, {6, 1}, {1, 4}, 0, 0};
  EXPECT_FALSE(pulled(part, relayout, 0).has_value());
  const auto joined = pushed(part, relayout, 0);
  ASSERT_TRUE(joined.has_value());
  EXPECT_EQ(joined->input, 1U);
  EXPECT_EQ(places(*joined), one_after_the_other(part, relayout, 0));
}

TEST(JoinMoves, RepeatedElementsMayBePulledNotPushed) {
  const Move doubled{0, 0, {6, 2}, {1, 0}, {2, 1}, 0, 0};
  const Move first{0, 0, {6}, {3}, {1}, 0, 0};
  const auto joined = pulled(first, doubled, 0);
  ASSERT_TRUE(joined.has_value());
  EXPECT_EQ(places(*joined), one_after_the_other(first, doubled, 0));
  EXPECT_FALSE(pushed(first, doubled, 0).has_value());
}

TEST(JoinMoves, NotWhereTheAxesDoNotMeet) {
  EXPECT_FALSE(pulled(kRows, {0, 0, {5, 4}, {4, 1}, {4, 1}, 2, 0}, 5).has_value());
  EXPECT_FALSE(pulled(kRows, {0, 0, {4, 8}, {8, 1}, {8, 1}, 0, 0}, 5).has_value());
  EXPECT_FALSE(pulled(kRows, {0, 0, {3, 8}, {8, 1}, {8, 1}, 0, 0}, 4).has_value());
}

// A dense tensor's axes, some of them cut, read in any order.
Move any_move(Random& random, const Shape& shape) {
  Move move;
  const std::vector<int64_t> strides = row_major_strides(shape);
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    const auto step = static_cast<int64_t>(1 + random.below(2));
    const auto start = static_cast<int64_t>(random.below(2));
    move.shape.push_back((shape[axis] - start + step - 1) / step);
    move.from.push_back(step * strides[axis]);
    move.from_offset += start * strides[axis];
  }
  for (size_t i = shape.size(); i-- > 1;) {
    const size_t k = random.below(i + 1);
    std::swap(move.shape[i], move.shape[k]);
    std::swap(move.from[i], move.from[k]);
  }
  move.to = row_major_strides(move.shape);
  return move;
}

TEST(JoinMoves, AnyTwoThatJoinDoWhatBothDo) {
  Random random(7);
  int count = 0;
  for (int i = 0; i < 2000; ++i) {
    const Move first = any_move(random, {4, 6, 4});
    const int64_t size = element_count(first.shape);
    Shape seen = first.shape;
    if (i % 2 == 0 && size % 2 == 0) seen = {size / 2, 2};  // the same memory with other axes
    const Move second = any_move(random, seen);
    for (const auto& joined : {pulled(first, second, 0), pushed(first, second, 0)}) {
      if (!joined) continue;
      ++count;
      EXPECT_EQ(places(*joined), one_after_the_other(first, second, 0));
    }
  }
  EXPECT_GT(count, 1000);
}

}  // namespace
}  // namespace edgeopt
