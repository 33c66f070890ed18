// Operators that move elements: Transpose, Concat, Split, Slice, Pad, Gather, Expand, Tile.
#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::floats;
using test::make_tensor;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;
using Ints = std::vector<int64_t>;

Tensor ints(const Ints& values) {
  return Tensor::from_ints({static_cast<int64_t>(values.size())}, values);
}

Tensor counting(DataType type, const Shape& shape) {
  Values values(static_cast<size_t>(element_count(shape)));
  std::iota(values.begin(), values.end(), 0.0);
  return make_tensor(type, shape, values);
}

const Tensor& table() {
  static const Tensor x = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  return x;
}

// y[i, j, k] = x at the same place in the old order of axes, by three plain loops.
TEST(Transpose, EveryPermutationOfThreeAxes) {
  for (const DataType type : {DataType::kFloat, DataType::kInt8, DataType::kInt64}) {
    const Tensor x = counting(type, {2, 3, 4});
    const std::array<int64_t, 3> strides = {12, 4, 1};
    Ints perm = {0, 1, 2};
    do {
      const Tensor y = run_single({"Transpose", {x}, {{"perm", perm}}});
      const std::vector<double> values = values_of(y);
      size_t at = 0;
      for (int64_t i = 0; i < y.dim(0); ++i) {
        for (int64_t j = 0; j < y.dim(1); ++j) {
          for (int64_t k = 0; k < y.dim(2); ++k) {
            const int64_t from = i * strides[static_cast<size_t>(perm[0])] +
                                 j * strides[static_cast<size_t>(perm[1])] +
                                 k * strides[static_cast<size_t>(perm[2])];
            EXPECT_EQ(values[at++], static_cast<double>(from));
          }
        }
      }
    } while (std::next_permutation(perm.begin(), perm.end()));
  }
}

TEST(Transpose, ReversesByDefaultAndRefusesRepeatedAxes) {
  EXPECT_EQ(values_of(run_single({"Transpose", {table()}})), (Values{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(test::error_of({"Transpose", {table()}, {{"perm", Ints{0, 0}}}}), ErrorCode::kBadInput);
  EXPECT_EQ(test::error_of({"Transpose", {table()}, {{"perm", Ints{0}}}}), ErrorCode::kBadInput);
}

TEST(Concat, AlongEachAxis) {
  const Tensor more = floats({1, 3}, {7, 8, 9});
  const Tensor rows = run_single({"Concat", {table(), more}, {{"axis", int64_t{0}}}});
  EXPECT_EQ(rows.shape(), (Shape{3, 3}));
  EXPECT_EQ(values_of(rows), (Values{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  const Tensor columns =
      run_single({"Concat", {table(), floats({2, 1}, {8, 9})}, {{"axis", int64_t{-1}}}});
  EXPECT_EQ(values_of(columns), (Values{1, 2, 3, 8, 4, 5, 6, 9}));
  EXPECT_EQ(test::error_of({"Concat", {table(), more}, {{"axis", int64_t{1}}}}),
            ErrorCode::kBadInput);
}

TEST(Split, GivenSizesEqualPartsAndASmallerLastOne) {
  const std::vector<Tensor> given =
      test::run({"Split", {table(), ints({1, 2})}, {{"axis", int64_t{1}}}, 2});
  EXPECT_EQ(values_of(given[0]), (Values{1, 4}));
  EXPECT_EQ(values_of(given[1]), (Values{2, 3, 5, 6}));
  const std::vector<Tensor> uneven =
      test::run({"Split", {table()}, {{"axis", int64_t{1}}, {"num_outputs", int64_t{2}}}, 2});
  EXPECT_EQ(values_of(uneven[1]), (Values{3, 6}));
  const std::vector<Tensor> old =
      test::run({"Split", {table()}, {{"split", Ints{1, 1}}}, 2, "", 11});
  EXPECT_EQ(values_of(old[1]), (Values{4, 5, 6}));
  EXPECT_EQ(test::error_of({"Split", {table(), ints({1, 2})}, {}, 2}), ErrorCode::kBadInput);
}

TEST(Slice, BoundsAsPythonReadsThem) {
  const auto slice = [](const Ints& starts, const Ints& ends, const Ints& axes, const Ints& steps) {
    return values_of(
        run_single({"Slice", {table(), ints(starts), ints(ends), ints(axes), ints(steps)}}));
  };
  constexpr int64_t kFar = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(slice({1}, {kFar}, {1}, {1}), (Values{2, 3, 5, 6}));
  EXPECT_EQ(slice({-1}, {-kFar}, {1}, {-2}), (Values{3, 1, 6, 4}));
  EXPECT_EQ(slice({0, 0}, {1, -1}, {0, -1}, {1, 1}), (Values{1, 2}));
  EXPECT_EQ(slice({2}, {1}, {1}, {1}), (Values{}));
  EXPECT_EQ(test::error_of({"Slice", {table(), ints({0}), ints({1}), ints({0}), ints({0})}}),
            ErrorCode::kBadInput);
  EXPECT_EQ(values_of(run_single({"Slice",
                                  {table()},
                                  {{"starts", Ints{1}}, {"ends", Ints{2}}, {"axes", Ints{1}}},
                                  1,
                                  "",
                                  9})),
            (Values{2, 5}));
}

TEST(Pad, EveryMode) {
  const Tensor x = floats({3}, {1, 2, 3});
  const auto pad = [&](const std::string& mode, const Ints& pads) {
    return values_of(run_single({"Pad", {x, ints(pads)}, {{"mode", mode}}}));
  };
  EXPECT_EQ(pad("constant", {1, 2}), (Values{0, 1, 2, 3, 0, 0}));
  EXPECT_EQ(pad("edge", {2, 1}), (Values{1, 1, 1, 2, 3, 3}));
  EXPECT_EQ(pad("reflect", {2, 2}), (Values{3, 2, 1, 2, 3, 2, 1}));
  EXPECT_EQ(pad("wrap", {2, 1}), (Values{2, 3, 1, 2, 3, 1}));
  EXPECT_EQ(pad("constant", {-1, 1}), (Values{2, 3, 0}));
  EXPECT_EQ(test::error_of({"Pad", {x, ints({-2, -2})}}), ErrorCode::kBadInput);
  EXPECT_EQ(test::error_of({"Pad", {x, ints({1})}}), ErrorCode::kBadInput);
}

TEST(Pad, ConstantAndAxesAsInputsOrAttributes) {
  EXPECT_EQ(values_of(run_single({"Pad", {table(), ints({1, 0}), Tensor::scalar(9), ints({-1})}})),
            (Values{9, 1, 2, 3, 9, 4, 5, 6}));
  EXPECT_EQ(values_of(run_single(
                {"Pad", {table()}, {{"pads", Ints{0, 0, 0, 1}}, {"value", 7.0F}}, 1, "", 10})),
            (Values{1, 2, 3, 7, 4, 5, 6, 7}));
}

TEST(Gather, NegativeIndicesAndAnyShape) {
  const Tensor picks = Tensor::from_ints({2, 1}, {-1, 0});
  const Tensor y = run_single({"Gather", {table(), picks}, {{"axis", int64_t{1}}}});
  EXPECT_EQ(y.shape(), (Shape{2, 2, 1}));
  EXPECT_EQ(values_of(y), (Values{3, 1, 6, 4}));
  EXPECT_EQ(run_single({"Gather", {table(), Tensor::from_ints({}, {1})}}).shape(), (Shape{3}));
  EXPECT_EQ(test::error_of({"Gather", {table(), ints({2})}}), ErrorCode::kBadInput);
}

TEST(Expand, BothWays) {
  const Tensor column = floats({2, 1}, {1, 2});
  EXPECT_EQ(values_of(run_single({"Expand", {column, ints({2, 3})}})), (Values{1, 1, 1, 2, 2, 2}));
  EXPECT_EQ(run_single({"Expand", {column, ints({3, 1, 1})}}).shape(), (Shape{3, 2, 1}));
  EXPECT_EQ(test::error_of({"Expand", {column, ints({3, 3})}}), ErrorCode::kBadInput);
}

TEST(Tile, EveryAxis) {
  const Tensor x = floats({2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(values_of(run_single({"Tile", {x, ints({2, 2})}})),
            (Values{1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4}));
  EXPECT_EQ(run_single({"Tile", {x, ints({1, 0})}}).shape(), (Shape{2, 0}));
  EXPECT_EQ(test::error_of({"Tile", {x, ints({2})}}), ErrorCode::kBadInput);
}

}  // namespace
}  // namespace edgeopt
