#include "ops/broadcast.h"

#include <gtest/gtest.h>

#include "support/one_node.h"

namespace edgeopt {
namespace {

// Every way in which operands of up to four dimensions may broadcast, against index arithmetic.
TEST(Broadcast, AgreesWithIndexArithmeticForEveryPattern) {
  const Shape full = {2, 3, 2, 5};
  for (int mask = 0; mask < 256; ++mask) {
    Shape a = full;
    Shape b = full;
    for (size_t i = 0; i < 4; ++i) {
      if ((mask >> i & 1) != 0) a[i] = 1;
      if ((mask >> (4 + i) & 1) != 0) b[i] = 1;
    }
    while (!b.empty() && b[0] == 1) b.erase(b.begin());
    const Shape shapes[] = {a, b};
    const Shape y = *broadcast(shapes);
    const BroadcastPlan plan(y, shapes);
    std::vector<std::pair<int64_t, int64_t>> walked(static_cast<size_t>(element_count(y)));
    plan.for_each_row([&](int64_t at, std::span<const int64_t> from) {
      for (int64_t i = 0; i < plan.row(); ++i) {
        walked[static_cast<size_t>(at + i)] = {from[0] + i * plan.step(0),
                                               from[1] + i * plan.step(1)};
      }
    });
    const auto offset = [&y](const Shape& shape, int64_t linear) {
      int64_t result = 0;
      int64_t stride = 1;
      for (size_t k = 0; k < y.size(); ++k) {
        const int64_t index = linear % y[y.size() - 1 - k];
        linear /= y[y.size() - 1 - k];
        if (k >= shape.size()) continue;
        const int64_t dim = shape[shape.size() - 1 - k];
        result += dim == 1 ? 0 : index * stride;
        stride *= dim;
      }
      return result;
    };
    for (int64_t i = 0; i < element_count(y); ++i) {
      ASSERT_EQ(walked[static_cast<size_t>(i)], std::pair(offset(a, i), offset(b, i)))
          << to_string(a) << " and " << to_string(b) << " at " << i;
    }
  }
}

TEST(Broadcast, EqualShapesAreOneRow) {
  const Shape shapes[] = {{2, 3, 4}, {2, 3, 4}};
  EXPECT_EQ(BroadcastPlan({2, 3, 4}, shapes).row(), 24);
}

TEST(Broadcast, EmptyTensorsGiveEmptyTensorsAndClashesAreErrors) {
  const Tensor empty = test::floats({0, 3}, {});
  EXPECT_EQ(test::run_single({"Add", {empty, test::floats({3}, {1, 2, 3})}}).shape(),
            (Shape{0, 3}));
  EXPECT_EQ(test::error_of({"Add", {test::floats({2}, {1, 2}), test::floats({3}, {1, 2, 3})}}),
            ErrorCode::kBadInput);
}

}  // namespace
}  // namespace edgeopt
