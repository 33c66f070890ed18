// Moves behind one another run as one step, with the same results.
#include <gtest/gtest.h>

#include "support/graphs.h"

namespace edgeopt {
namespace {

using test::GraphBuilder;
using Ints = std::vector<int64_t>;

ValueId ints(GraphBuilder& b, const Ints& values) {
  return b.constant(Tensor::from_ints({static_cast<int64_t>(values.size())}, values));
}

ValueId slice(GraphBuilder& b, ValueId x, int64_t axis, int64_t start, int64_t step) {
  return b.node("Slice", {x, ints(b, {start}), ints(b, {100}), ints(b, {axis}), ints(b, {step})});
}

ValueId convolution(GraphBuilder& b, ValueId x, int64_t channels) {
  const ValueId w = b.constant(test::normal_tensor({5, channels, 1, 1}, 3, 0.2F));
  return b.node("Conv", {x, w});
}

// The steps' operators, once the results have been held against the interpreter's.
std::vector<std::string> steps(const GraphBuilder& b, std::vector<ValueId> observed = {}) {
  test::expect_engine_matches(b.graph, {}, 5);
  std::vector<std::string> names = test::steps_of(b.graph, {.observed = std::move(observed)});
  std::sort(names.begin(), names.end());
  return names;
}

using Names = std::vector<std::string>;

// The head of YOLOX: every second pixel, four times, as channels.
ValueId focus(GraphBuilder& b, ValueId x) {
  std::vector<ValueId> parts;
  for (const int64_t column : {0, 1}) {
    for (const int64_t row : {0, 1}) {
      parts.push_back(slice(b, slice(b, x, 2, row, 2), 3, column, 2));
    }
  }
  return b.node("Concat", parts, {{"axis", int64_t{1}}});
}

TEST(EngineJoins, FocusIsOneStepIntoChannelsLast) {
  GraphBuilder b;
  b.output(convolution(b, focus(b, b.input("x", {-1, 3, 6, 8})), 12));
  EXPECT_EQ(steps(b), (Names{"Concat", "Conv"}));
}

TEST(EngineJoins, RowsThatTakeTurns) {
  GraphBuilder b;  // rows of 12 kB: more than one turn
  b.output(convolution(b, focus(b, b.input("x", {-1, 3, 40, 500})), 12));
  EXPECT_EQ(steps(b), (Names{"Concat", "Conv"}));

  GraphBuilder c;  // rows of 32 bytes: more than one to a turn
  const ValueId y = convolution(c, c.input("x", {-1, 3, 31, 33}), 3);
  const ValueId z = c.input("z", {-1, 3, 31, 33});
  c.output(c.node("Concat", {y, convolution(c, z, 3), z}, {{"axis", int64_t{1}}}));
  EXPECT_EQ(steps(c), (Names{"Concat", "Conv", "Conv"}));
}

TEST(EngineJoins, AFetchedOrObservedValueStays) {
  GraphBuilder b;
  const ValueId x = b.input("x", {-1, 3, 6, 8});
  const ValueId rows = slice(b, x, 2, 0, 2);
  b.output(rows);
  b.output(b.node("Relu", {slice(b, rows, 3, 0, 2)}));
  EXPECT_EQ(steps(b), (Names{"Slice", "Slice"}));

  GraphBuilder c;
  const ValueId inner = slice(c, c.input("x", {-1, 3, 6, 8}), 2, 0, 2);
  c.output(c.node("Relu", {slice(c, inner, 3, 0, 2)}));
  EXPECT_EQ(steps(c), Names{"Slice"});
  EXPECT_EQ(steps(c, {inner}), (Names{"Slice", "Slice"}));
}

TEST(EngineJoins, OnePartOfASplitGoesIntoAConcat) {
  GraphBuilder b;
  const ValueId y = convolution(b, b.input("x", {-1, 3, 6, 8}), 3);
  const auto parts = b.node_of("Split", {y, ints(b, {2, 3})}, 2, {{"axis", int64_t{1}}});
  const ValueId r = convolution(b, parts[1], 3);
  b.output(b.node("Sigmoid", {b.node("Concat", {r, parts[0]}, {{"axis", int64_t{1}}})}));
  EXPECT_EQ(steps(b), (Names{"Concat", "Conv", "Conv", "Split"}));
}

TEST(EngineJoins, ResizeGoesIntoAConcatBesideAResidual) {
  GraphBuilder b;
  const ValueId x = b.input("x", {-1, 3, 6, 8});
  const ValueId y = convolution(b, x, 3);
  const ValueId scales = b.constant(Tensor::from_floats({4}, {1, 1, 2, 2}));
  const ValueId wide = b.node("Resize", {y, ValueId{}, scales},
                              {{"mode", std::string("nearest")},
                               {"nearest_mode", std::string("floor")},
                               {"coordinate_transformation_mode", std::string("asymmetric")}});
  const ValueId z = b.input("z", {-1, 2, 12, 16});
  const ValueId both = b.node("Concat", {z, wide}, {{"axis", int64_t{1}}});
  b.output(b.node("Add", {both, b.input("w", {-1, 7, 12, 16})}));
  EXPECT_EQ(steps(b), (Names{"Concat", "Conv"}));
}

TEST(EngineJoins, ElementsThatAreReadTwiceAreMovedOnce) {
  GraphBuilder b;
  const ValueId x = b.input("x", {-1, 3, 6, 8});
  const ValueId turned = b.node("Transpose", {x}, {{"perm", Ints{0, 1, 3, 2}}});
  b.output(b.node("Concat", {turned, turned}, {{"axis", int64_t{1}}}));
  EXPECT_EQ(steps(b), (Names{"Concat", "Transpose"}));
}

}  // namespace
}  // namespace edgeopt
