// Operators that move or pool, behind a convolution: there they work on channels-last tensors.
#include <gtest/gtest.h>

#include "support/graphs.h"

namespace edgeopt {
namespace {

using test::GraphBuilder;
using Ints = std::vector<int64_t>;

// A convolution of 3 to 8 channels on 6 x 8, and what `then` makes of it.
template <typename Then>
void expect_matches(Then then) {
  GraphBuilder b;
  const ValueId x = b.input("x", {-1, 3, 6, 8});
  const ValueId w = b.constant(test::normal_tensor({8, 3, 3, 3}, 3, 0.2F));
  const ValueId y = b.node("Conv", {x, w}, {{"pads", Ints{1, 1, 1, 1}}});
  then(b, y);
  test::expect_engine_matches(b.graph, {}, 5);
}

ValueId ints(GraphBuilder& b, const Ints& values) {
  return b.constant(Tensor::from_ints({static_cast<int64_t>(values.size())}, values));
}

TEST(EngineMovement, ConcatAlongEachAxisAndWithAConstant) {
  for (const int64_t axis : {1, 2, 3}) {
    expect_matches([&](GraphBuilder& b, ValueId y) {
      const ValueId r = b.node("Relu", {y});
      b.output(b.node("Concat", {r, y, r}, {{"axis", axis}}));
    });
  }
  expect_matches([](GraphBuilder& b, ValueId y) {
    const ValueId c = b.constant(test::normal_tensor({1, 2, 6, 8}, 5));
    b.output(b.node("Concat", {y, b.node("Neg", {y}), b.node("Expand", {c, ints(b, {1, 2, 6, 8})})},
                    {{"axis", int64_t{1}}}));
  });
}

TEST(EngineMovement, SliceWithStepsForwardAndBack) {
  expect_matches([](GraphBuilder& b, ValueId y) {
    b.output(b.node("Slice", {y, ints(b, {1, 7, 0}), ints(b, {8, -9, 6}), ints(b, {1, 3, 2}),
                              ints(b, {3, -2, 1})}));
  });
}

TEST(EngineMovement, SplitChannels) {
  expect_matches([](GraphBuilder& b, ValueId y) {
    const auto parts = b.node_of("Split", {y, ints(b, {3, 5})}, 2, {{"axis", int64_t{1}}});
    b.output(b.node("Relu", {parts[0]}));
    b.output(b.node("Neg", {parts[1]}));
  });
}

TEST(EngineMovement, PadWithZerosAndCrop) {
  expect_matches([](GraphBuilder& b, ValueId y) {
    b.output(b.node("Pad", {y, ints(b, {0, 1, 2, -1, 0, 0, 1, 3})}));
  });
}

TEST(EngineMovement, TransposeThatMoves) {
  for (const Ints& perm : {Ints{0, 3, 2, 1}, Ints{0, 1, 3, 2}, Ints{0, 2, 1, 3}}) {
    expect_matches([&](GraphBuilder& b, ValueId y) {
      b.output(b.node("Relu", {b.node("Transpose", {y}, {{"perm", perm}})}));
    });
  }
}

TEST(EngineMovement, DepthToSpaceAndBack) {
  for (const std::string mode : {"DCR", "CRD"}) {
    expect_matches([&](GraphBuilder& b, ValueId y) {
      b.output(b.node("DepthToSpace", {y}, {{"blocksize", int64_t{2}}, {"mode", mode}}));
      b.output(b.node("SpaceToDepth", {y}, {{"blocksize", int64_t{2}}}));
    });
  }
}

TEST(EngineMovement, PoolsWithActivationsBehind) {
  for (const char* op : {"MaxPool", "AveragePool"}) {
    expect_matches([&](GraphBuilder& b, ValueId y) {
      const ValueId p = b.node(
          op, {y},
          {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}});
      b.output(b.node("Sigmoid", {p}));
    });
  }
  for (const char* op : {"GlobalMaxPool", "GlobalAveragePool"}) {
    expect_matches([&](GraphBuilder& b, ValueId y) { b.output(b.node(op, {y})); });
  }
}

}  // namespace
}  // namespace edgeopt
