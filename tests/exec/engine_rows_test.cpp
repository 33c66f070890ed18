// Operators that normalize rows: their planned kernels against the interpreter.
#include <gtest/gtest.h>

#include "support/graphs.h"

namespace edgeopt {
namespace {

using test::GraphBuilder;

TEST(EngineRows, SoftmaxAlongTheLastAxisAndOverTheChannelsOfAnImage) {
  for (const int64_t length : {1, 3, 8, 21, 197}) {
    GraphBuilder b;
    b.output(b.node("Softmax", {b.input("x", {-1, 4, length})}));
    test::expect_engine_matches(b.graph, {}, 5);
  }
  GraphBuilder classes;  // more rows than go through at once
  classes.output(classes.node("Softmax", {classes.input("x", {-1, 1500, 2})}));
  test::expect_engine_matches(classes.graph, {}, 3);
  for (const int64_t axis : {1, 2, 3}) {
    GraphBuilder b;
    const ValueId w = b.constant(test::normal_tensor({11, 3, 1, 1}, 3, 2.0F));
    const ValueId y = b.node("Conv", {b.input("x", {-1, 3, 6, 8}), w});
    b.output(b.node("Relu", {b.node("Softmax", {y}, {{"axis", axis}})}));
    test::expect_engine_matches(b.graph, {}, 5);
  }
}

TEST(EngineRows, SoftmaxBeforeOpset13IsOverAllAxesBehind) {
  GraphBuilder b;
  b.output(b.node("Softmax", {b.input("x", {-1, 4, 5, 3})}, {{"axis", int64_t{2}}}));
  test::expect_engine_matches(b.graph, {.opset = 11}, 5);
}

TEST(EngineRows, LayerNormalizationWithAndWithoutBias) {
  for (const int64_t length : {1, 7, 64, 99}) {
    GraphBuilder b;
    const ValueId x = b.input("x", {-1, 5, length});
    const ValueId scale = b.constant(test::normal_tensor({length}, 4));
    const ValueId bias = b.constant(test::normal_tensor({length}, 5));
    b.output(b.node("LayerNormalization", {x, scale, bias}));
    b.output(b.node("Relu", {b.node("LayerNormalization", {x, scale})}));
    test::expect_engine_matches(b.graph, {}, 5);
  }
}

TEST(EngineRows, LayerNormalizationOverTwoAxesAndAlikeForAllOfARow) {
  GraphBuilder b;
  const ValueId x = b.input("x", {-1, 5, 6, 7});
  const std::vector<Attribute> axis = {{"axis", int64_t{2}}};
  b.output(b.node("LayerNormalization", {x, b.constant(test::normal_tensor({6, 7}, 4))}, axis));
  b.output(b.node("LayerNormalization", {x, b.constant(test::normal_tensor({7}, 4))}, axis));
  test::expect_engine_matches(b.graph, {}, 5);
}

}  // namespace
}  // namespace edgeopt
