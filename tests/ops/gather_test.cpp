// GatherElements, GatherND, ScatterElements, ScatterND, and what picks by value: TopK, Compress,
// NonZero, Unique, OneHot.
#include <gtest/gtest.h>

#include <cmath>

#include "support/one_node.h"

namespace edgeopt {
namespace {

using test::error_of;
using test::floats;
using test::make_tensor;
using test::run_single;
using test::values_of;
using Values = std::vector<double>;

const Tensor& table() {
  static const Tensor x = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  return x;
}

TEST(GatherElements, PicksAlongTheAxis) {
  const Tensor picks = Tensor::from_ints({2, 1}, {-1, 0});
  EXPECT_EQ(values_of(run_single({"GatherElements", {table(), picks}, {{"axis", int64_t{1}}}})),
            (Values{3, 4}));
  EXPECT_EQ(error_of({"GatherElements", {table(), Tensor::from_ints({1, 1}, {2})}}),
            ErrorCode::kBadInput);
  EXPECT_EQ(error_of({"GatherElements", {table(), Tensor::from_ints({1}, {0})}}),
            ErrorCode::kBadInput);
}

TEST(ScatterElements, EveryReduction) {
  const Tensor places = Tensor::from_ints({1, 2}, {1, 1});
  const Tensor updates = floats({1, 2}, {7, 8});
  const auto scatter = [&](const std::string& reduction) {
    return values_of(run_single({"ScatterElements",
                                 {table(), places, updates},
                                 {{"axis", int64_t{1}}, {"reduction", reduction}}}));
  };
  EXPECT_EQ(scatter("none"), (Values{1, 8, 3, 4, 5, 6}));
  EXPECT_EQ(scatter("add"), (Values{1, 17, 3, 4, 5, 6}));
  EXPECT_EQ(scatter("mul"), (Values{1, 112, 3, 4, 5, 6}));
  EXPECT_EQ(scatter("max"), (Values{1, 8, 3, 4, 5, 6}));
  EXPECT_EQ(scatter("min"), (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(error_of({"ScatterElements", {table(), places, updates}, {{"reduction", "sum"}}}),
            ErrorCode::kBadInput);
}

TEST(ScatterElements, WasOnceCalledScatter) {
  EXPECT_EQ(values_of(run_single({"Scatter",
                                  {table(), Tensor::from_ints({1, 1}, {1}), floats({1, 1}, {9})},
                                  {},
                                  1,
                                  "",
                                  10})),
            (Values{1, 2, 3, 9, 5, 6}));
}

TEST(GatherND, TuplesAndBatches) {
  EXPECT_EQ(values_of(run_single({"GatherND", {table(), Tensor::from_ints({2, 2}, {0, 2, 1, 0})}})),
            (Values{3, 4}));
  EXPECT_EQ(values_of(run_single({"GatherND", {table(), Tensor::from_ints({1, 1}, {-1})}})),
            (Values{4, 5, 6}));
  EXPECT_EQ(values_of(run_single({"GatherND",
                                  {table(), Tensor::from_ints({2, 1}, {2, 0})},
                                  {{"batch_dims", int64_t{1}}}})),
            (Values{3, 4}));
  EXPECT_EQ(error_of({"GatherND", {table(), Tensor::from_ints({1, 3}, {0, 0, 0})}}),
            ErrorCode::kBadInput);
  EXPECT_EQ(error_of({"GatherND", {table(), Tensor::from_ints({1, 1}, {5})}}),
            ErrorCode::kBadInput);
}

TEST(ScatterND, SlicesOrElements) {
  const Tensor row = Tensor::from_ints({1, 1}, {1});
  EXPECT_EQ(values_of(run_single({"ScatterND", {table(), row, floats({1, 3}, {7, 8, 9})}})),
            (Values{1, 2, 3, 7, 8, 9}));
  EXPECT_EQ(
      values_of(run_single({"ScatterND",
                            {table(), Tensor::from_ints({2, 2}, {0, 0, 0, 0}), floats({2}, {1, 1})},
                            {{"reduction", "add"}}})),
      (Values{3, 2, 3, 4, 5, 6}));
  EXPECT_EQ(error_of({"ScatterND", {table(), row, floats({1, 2}, {7, 8})}}), ErrorCode::kBadInput);
}

TEST(TopK, OrderTiesAndOldForm) {
  const Tensor x = floats({1, 5}, {3, 1, 3, std::nan(""), 2});
  const Tensor two = Tensor::from_ints({1}, {3});
  const std::vector<Tensor> top = test::run({"TopK", {x, two}, {}, 2});
  EXPECT_EQ(values_of(top[1]), (Values{3, 0, 2}));  // NaN counts as the largest
  EXPECT_EQ(top[0].shape(), (Shape{1, 3}));
  const std::vector<Tensor> low = test::run({"TopK", {x, two}, {{"largest", int64_t{0}}}, 2});
  EXPECT_EQ(values_of(low[0]), (Values{1, 2, 3}));
  EXPECT_EQ(values_of(low[1]), (Values{1, 4, 0}));
  const std::vector<Tensor> old =
      test::run({"TopK", {table()}, {{"k", int64_t{1}}, {"axis", int64_t{0}}}, 2, "", 9});
  EXPECT_EQ(values_of(old[0]), (Values{4, 5, 6}));
  EXPECT_EQ(error_of({"TopK", {table(), Tensor::from_ints({1}, {4})}}), ErrorCode::kBadInput);
}

TEST(Compress, AlongAnAxisOrFlat) {
  const Tensor condition = make_tensor(DataType::kBool, {2}, {0, 1});
  EXPECT_EQ(values_of(run_single({"Compress", {table(), condition}, {{"axis", int64_t{1}}}})),
            (Values{2, 5}));
  EXPECT_EQ(values_of(run_single({"Compress", {table(), condition}})), (Values{2}));
}

TEST(NonZero, PlacesByAxis) {
  const Tensor y = run_single({"NonZero", {floats({2, 2}, {1, 0, 2, 3})}});
  EXPECT_EQ(y.shape(), (Shape{2, 3}));
  EXPECT_EQ(values_of(y), (Values{0, 1, 1, 0, 0, 1}));
}

TEST(Unique, SortedOrByAppearance) {
  const Tensor x = floats({4}, {5, 2, 5, 1});
  const std::vector<Tensor> sorted = test::run({"Unique", {x}, {}, 4});
  EXPECT_EQ(values_of(sorted[0]), (Values{1, 2, 5}));
  EXPECT_EQ(values_of(sorted[1]), (Values{3, 1, 0}));
  EXPECT_EQ(values_of(sorted[2]), (Values{2, 1, 2, 0}));
  EXPECT_EQ(values_of(sorted[3]), (Values{1, 1, 2}));
  EXPECT_EQ(values_of(run_single({"Unique", {x}, {{"sorted", int64_t{0}}}})), (Values{5, 2, 1}));
}

TEST(OneHot, NegativeAndOutOfRangeIndices) {
  const Tensor y = run_single(
      {"OneHot",
       {Tensor::from_ints({3}, {0, -1, 3}), Tensor::from_ints({}, {3}), floats({2}, {2, 9})},
       {{"axis", int64_t{0}}}});
  EXPECT_EQ(y.shape(), (Shape{3, 3}));
  EXPECT_EQ(values_of(y), (Values{9, 2, 2, 2, 2, 2, 2, 9, 2}));
}

TEST(Trilu, BothTriangles) {
  const Tensor x = floats({2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(values_of(run_single({"Trilu", {x}})), (Values{1, 2, 0, 4}));
  EXPECT_EQ(
      values_of(run_single({"Trilu", {x, Tensor::from_ints({}, {-1})}, {{"upper", int64_t{0}}}})),
      (Values{0, 0, 3, 0}));
}

TEST(ReverseSequence, EachByItsLength) {
  const Tensor x = floats({3, 2}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(values_of(run_single({"ReverseSequence", {x, Tensor::from_ints({2}, {2, 3})}})),
            (Values{3, 6, 1, 4, 5, 2}));
}

TEST(DepthToSpace, BothOrdersAndBack) {
  Values values(16);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  const Tensor x = floats({1, 8, 1, 2}, values);
  const std::vector<Attribute> two = {{"blocksize", int64_t{2}}};
  const Tensor deep = run_single({"DepthToSpace", {x}, two});
  EXPECT_EQ(deep.shape(), (Shape{1, 2, 2, 4}));
  EXPECT_EQ(values_of(deep), (Values{0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15}));
  EXPECT_EQ(values_of(run_single({"SpaceToDepth", {deep}, two})), values);
  EXPECT_EQ(
      values_of(run_single({"DepthToSpace", {x}, {{"blocksize", int64_t{2}}, {"mode", "CRD"}}})),
      (Values{0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15}));
  const std::vector<Attribute> columns = {{"blocksize", int64_t{2}}, {"mode", "CRD"}};
  EXPECT_EQ(values_of(run_single(
                {"SpaceToDepth", {run_single({"DepthToSpace", {x}, columns})}, columns})),
            values);
  EXPECT_EQ(error_of({"DepthToSpace", {table()}, two}), ErrorCode::kBadInput);
}

}  // namespace
}  // namespace edgeopt
