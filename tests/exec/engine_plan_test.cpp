// What the engine plans: fusion, layouts, memory. Held against the interpreter on small networks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "edgeopt/error.h"
#include "exec/engine.h"
#include "support/graphs.h"

namespace edgeopt {
namespace {

using test::GraphBuilder;
using test::normal_tensor;
using test::steps_of;

using Ints = std::vector<int64_t>;

// Convolutions with random weights; padding keeps the size at stride 1.
class Network : public GraphBuilder {
 public:
  ValueId conv(ValueId x, int64_t in, int64_t out, int64_t size, int64_t stride = 1,
               int64_t groups = 1, bool bias = true) {
    const auto deviation = 1.0F / std::sqrt(static_cast<float>(in / groups * size * size));
    std::vector<ValueId> inputs{
        x, constant(normal_tensor({out, in / groups, size, size}, ++seed_, deviation))};
    if (bias) inputs.push_back(constant(normal_tensor({out}, ++seed_)));
    const int64_t pad = size / 2;
    return node(
        "Conv", inputs,
        {{"pads", Ints{pad, pad, pad, pad}}, {"strides", Ints{stride, stride}}, {"group", groups}});
  }
  ValueId batch_norm(ValueId x, int64_t channels) {
    Tensor variance = normal_tensor({channels}, ++seed_);
    for (int64_t i = 0; i < channels; ++i) {
      float& v = variance.mutable_data<float>()[i];
      v = v * v + 0.5F;
    }
    return node("BatchNormalization",
                {x, constant(normal_tensor({channels}, ++seed_)),
                 constant(normal_tensor({channels}, ++seed_)),
                 constant(normal_tensor({channels}, ++seed_)), constant(variance)});
  }
  ValueId noise(const Shape& shape) { return constant(normal_tensor(shape, ++seed_)); }

 private:
  int64_t seed_ = 0;
};

// A residual block as ResNet has it, with batch normalizations that are not folded.
Network residual_network() {
  Network n;
  const ValueId x = n.input("x", {-1, 3, 9, 9});
  const ValueId stem = n.node("Relu", {n.batch_norm(n.conv(x, 3, 8, 3, 1, 1, false), 8)});
  const ValueId a = n.node("Relu", {n.batch_norm(n.conv(stem, 8, 8, 3), 8)});
  const ValueId b = n.batch_norm(n.conv(a, 8, 8, 3, 1, 1, false), 8);
  const ValueId same = n.node("Relu", {n.node("Add", {b, stem})});
  const ValueId down = n.conv(same, 8, 16, 3, 2);
  const ValueId shortcut = n.conv(same, 8, 16, 1, 2);
  const ValueId wide = n.node("Relu", {n.node("Add", {down, shortcut})});
  const ValueId pooled = n.node("GlobalAveragePool", {wide});
  const ValueId flat = n.node("Flatten", {pooled});
  n.output(n.node("Gemm", {flat, n.noise({16, 10}), n.noise({10})}));
  return n;
}

TEST(EnginePlan, ResidualNetwork) {
  Network n = residual_network();
  for (const int64_t batch : {1, 4}) {
    test::expect_engine_matches(n.graph, {.micro_batch = batch}, 6);
  }
}

TEST(EnginePlan, BatchNormalizationFollowedByClipAlone) {
  Network n;
  const ValueId x = n.input("x", {-1, 6, 5, 4});
  const ValueId norm = n.batch_norm(x, 6);
  n.output(
      n.node("Clip", {norm, n.constant(Tensor::scalar(-0.5F)), n.constant(Tensor::scalar(0.75F))}));
  EXPECT_EQ(steps_of(n.graph), (std::vector<std::string>{"BatchNormalization"}));
  test::expect_engine_matches(n.graph, {}, 3);
}

TEST(EnginePlan, EveryActivationBehindAConvolution) {
  for (const char* op : {"Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish",
                         "Swish", "Elu", "Softplus", "Erf", "Gelu"}) {
    SCOPED_TRACE(op);
    Network n;
    const ValueId x = n.input("x", {-1, 4, 6, 5});
    n.output(n.node(op, {n.conv(x, 4, 7, 3)}));
    test::expect_engine_matches(n.graph, {.micro_batch = 2}, 3);
  }
}

TEST(EnginePlan, EveryGeluIsOne) {
  const auto steps_with = [](const char* domain, const char* form) {
    Network n;
    std::vector<Attribute> attributes;
    if (form != nullptr) attributes.push_back({"approximate", std::string(form)});
    const ValueId x = n.conv(n.input("x", {-1, 4, 6, 5}), 4, 7, 3);
    n.output(n.node("Gelu", {x}, attributes, domain));
    test::expect_engine_matches(n.graph, {}, 3);
    return steps_of(n.graph);
  };
  const std::vector<std::string> folded{"Conv"};
  EXPECT_EQ(steps_with("", "none"), folded);
  EXPECT_EQ(steps_with("com.microsoft", nullptr), folded);
  EXPECT_NE(steps_with("", "tanh"), folded);
}

TEST(EnginePlan, GatesAreJoined) {
  Network n;
  const ValueId x = n.input("x", {-1, 4, 6, 5});
  const ValueId a = n.conv(x, 4, 8, 3);
  const ValueId silu = n.node("Mul", {a, n.node("Sigmoid", {a})});
  const ValueId b = n.conv(silu, 8, 8, 3);
  const ValueId hard = n.node("HardSigmoid", {b}, {{"alpha", 1.0F / 6}, {"beta", 0.5F}});
  n.output(n.node("Mul", {hard, b}));
  test::expect_engine_matches(n.graph, {}, 3);
}

TEST(EnginePlan, SqueezeAndExcitation) {
  Network n;
  const ValueId x = n.input("x", {-1, 4, 6, 5});
  const ValueId body = n.node("Relu", {n.conv(x, 4, 8, 3)});
  const ValueId mean = n.node("ReduceMean", {body, n.constant(Tensor::from_ints({2}, {2, 3}))},
                              {{"keepdims", int64_t{1}}});
  const ValueId gate =
      n.node("Sigmoid", {n.conv(n.node("Relu", {n.conv(mean, 8, 2, 1)}), 2, 8, 1)});
  n.output(n.conv(n.node("Mul", {body, gate}), 8, 3, 1));
  test::expect_engine_matches(n.graph, {.micro_batch = 3}, 4);
}

TEST(EnginePlan, BranchesConcatPadSliceResize) {
  Network n;
  const ValueId x = n.input("x", {-1, 4, 8, 6});
  const ValueId stem = n.conv(x, 4, 6, 3);
  const std::vector<ValueId> halves = n.node_of(
      "Split", {stem, n.constant(Tensor::from_ints({2}, {2, 4}))}, 2, {{"axis", int64_t{1}}});
  const ValueId left = n.node("Relu", {n.conv(halves[0], 2, 4, 3, 2)});
  const ValueId right =
      n.node("MaxPool", {halves[1]},
             {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}});
  const ValueId joined = n.node("Concat", {left, right, left}, {{"axis", int64_t{1}}});
  const ValueId sizes = n.constant(Tensor::from_floats({4}, {1, 1, 2, 2}));
  const ValueId grown = n.node("Resize", {joined, {}, sizes}, {{"mode", std::string("nearest")}});
  const ValueId all = n.node("Concat", {grown, stem}, {{"axis", int64_t{1}}});
  const ValueId padded =
      n.node("Pad", {all, n.constant(Tensor::from_ints({8}, {0, 0, 1, 0, 0, 0, 0, 2}))});
  const ValueId part = n.node(
      "Slice",
      {padded, n.constant(Tensor::from_ints({1}, {1})), n.constant(Tensor::from_ints({1}, {100})),
       n.constant(Tensor::from_ints({1}, {2})), n.constant(Tensor::from_ints({1}, {2}))});
  n.output(n.conv(part, 18, 5, 3));
  n.output(right);
  test::expect_engine_matches(n.graph, {.micro_batch = 2}, 5);
}

TEST(EnginePlan, ChannelsLastModelsCostNoTransposes) {
  Network n;
  const ValueId x = n.input("x", {-1, 8, 6, 3});
  const ValueId nchw = n.node("Transpose", {x}, {{"perm", Ints{0, 3, 1, 2}}});
  const ValueId body = n.node("Relu", {n.conv(nchw, 3, 8, 3)});
  const ValueId nhwc = n.node("Transpose", {body}, {{"perm", Ints{0, 2, 3, 1}}});
  n.output(n.node("Mul", {nhwc, n.noise({8})}));
  test::expect_engine_matches(n.graph, {.micro_batch = 2}, 3);
}

TEST(EnginePlan, ReshapesOfImages) {
  Network n;
  const ValueId x = n.input("x", {-1, 3, 8, 6});
  const ValueId body = n.conv(x, 3, 4, 3);
  const ValueId flat = n.node("Reshape", {body, n.constant(Tensor::from_ints({3}, {0, 4, -1}))});
  const ValueId turned = n.node("Transpose", {flat}, {{"perm", Ints{0, 2, 1}}});
  n.output(turned);
  n.output(n.node("Reshape", {body, n.constant(Tensor::from_ints({2}, {0, -1}))}));
  test::expect_engine_matches(n.graph, {.micro_batch = 2}, 3);
}

TEST(EnginePlan, FetchedValuesAreNotFoldedAway) {
  Network n;
  const ValueId x = n.input("x", {-1, 3, 5, 5});
  const ValueId conv = n.conv(x, 3, 4, 3);
  const ValueId relu = n.node("Relu", {conv});
  const ValueId out = n.node("Relu", {n.conv(relu, 4, 4, 3)});
  n.output(out);
  n.node("Exp", {out});  // leads nowhere
  test::expect_engine_matches(n.graph, {.fetched = {out, conv, x, relu}}, 3);
  EXPECT_EQ(steps_of(n.graph, {.fetched = {conv}}), (std::vector<std::string>{"Conv"}));
}

TEST(EnginePlan, SimulationWithFakeQuantEverywhere) {
  Network n;
  QuantTable table;
  int count = 0;
  const auto quant = [&](ValueId x, float scale) {
    const std::string key = "q" + std::to_string(count++);
    table[key] = {.spec = {.is_signed = true}, .scale = {scale}, .zero_point = {3}};
    return n.node("FakeQuant", {x}, {{"encoding", key}}, "edgeopt");
  };
  const ValueId x = quant(n.input("x", {-1, 3, 7, 7}), 0.05F);
  const ValueId stem = quant(n.node("Relu", {n.conv(x, 3, 8, 3)}), 0.04F);
  const ValueId body = quant(n.conv(stem, 8, 8, 3), 0.03F);
  const ValueId sum = quant(n.node("Relu", {n.node("Add", {body, stem})}), 0.06F);
  n.output(quant(n.conv(sum, 8, 4, 1), 0.02F));
  // A rounding that falls to the other side moves an element by one step of the grid.
  test::expect_engine_matches(n.graph, {.table = &table, .tolerance = 0.03}, 4);
  test::expect_engine_matches(n.graph, {}, 4);
}

TEST(EnginePlan, AWeightBehindFakeQuantIsFolded) {
  Network n;
  const QuantTable table{
      {"w", {.spec = {.is_signed = true, .axis = 0}, .scale = {0.1F, 0.2F}, .zero_point = {0, 0}}}};
  const ValueId x = n.input("x", {-1, 3, 7, 7});
  const ValueId weight =
      n.node("FakeQuant", {n.noise({2, 3, 3, 3})}, {{"encoding", std::string("w")}}, "edgeopt");
  n.output(n.node("Conv", {x, weight}));
  EXPECT_EQ(steps_of(n.graph, {.table = &table}), (std::vector<std::string>{"Conv"}));
  test::expect_engine_matches(n.graph, {.table = &table}, 2);
}

TEST(EnginePlan, ModelsThatMixTheBatchRunOneSampleAtATime) {
  Network n;
  const ValueId x = n.input("x", {-1, 4});
  n.output(n.node("CumSum", {x, n.constant(Tensor::from_ints({}, {0}))}));
  Engine engine(n.graph, 21, {.micro_batch = 4});
  EXPECT_EQ(engine.micro_batch(), 1);
  test::expect_engine_matches(n.graph, {.micro_batch = 4}, 5);
}

TEST(EnginePlan, BytesDependNeitherOnThreadsNorOnTheNumberOfSamples) {
  const Network n = residual_network();
  const auto all = test::run_engine(n.graph, 21, {.threads = 1}, 11);
  for (const int threads : {1, 2, 3}) {
    for (const int64_t count : {1, 2, 7, 11}) {
      const auto some = test::run_engine(n.graph, 21, {.threads = threads}, count);
      for (size_t i = 0; i < some.size(); ++i) {
        ASSERT_EQ(std::memcmp(some[i][0].raw(), all[i][0].raw(), all[i][0].byte_size()), 0);
      }
    }
  }
}

TEST(EnginePlan, MemoryIsThatOfTheWidestCut) {
  Network n;
  ValueId v = n.input("x", {1, 1, 64, 64});
  for (int i = 0; i < 50; ++i) v = n.node("MaxPool", {v}, {{"kernel_shape", Ints{1, 1}}});
  n.output(v);
  Engine engine(n.graph, 21, {});
  EXPECT_LE(engine.arena_bytes(), 2U * 64 * 64 * 4);
}

TEST(EnginePlan, AResidualOfOneConvolutionDoesNotOverwriteItsInput) {
  Network n;
  ValueId v = n.input("x", {1, 4, 6, 6});
  for (int i = 0; i < 4; ++i) v = n.node("Add", {n.conv(v, 4, 4, 3), v});
  n.output(v);
  test::expect_engine_matches(n.graph, {}, 2);
}

TEST(EnginePlan, AnUnknownOperatorIsNamed) {
  Network n;
  const ValueId x = n.input("x", {1, 4});
  n.output(n.node("Conjure", {x}));
  try {
    Engine engine(n.graph, 21, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("Conjure"), std::string::npos);
  }
}

}  // namespace
}  // namespace edgeopt
