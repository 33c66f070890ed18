// Convolutions between quantizers, as codes and as the interpreter computes them.
#include "exec/engine_codes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/quantized_convolution.h"
#include "support/convolution_cases.h"
#include "support/graphs.h"

namespace edgeopt {
namespace {

using test::GraphBuilder;
using test::normal_tensor;
using test::steps_of;
using Names = std::vector<std::string>;

// A sum that falls to the other side of a border moves an element by one step of a grid.
constexpr double kOneStep = 0.03;

struct CodedModel : GraphBuilder {
  std::map<DataType, std::pair<ValueId, ValueId>> grids;  // scale, zero point

  ValueId quantized(ValueId x, DataType type = DataType::kUint8) {
    if (!grids.contains(type)) {
      Tensor zero(type, {});
      const int code = type == DataType::kUint8 ? 117 : 3;
      *static_cast<uint8_t*>(zero.mutable_raw()) = static_cast<uint8_t>(code);
      grids[type] = {constant(Tensor::scalar(0.04F)), constant(zero)};
    }
    const auto [scale, zero] = grids[type];
    return node("DequantizeLinear", {node("QuantizeLinear", {x, scale, zero}), scale, zero});
  }

  // int8 weights with a scale for each channel.
  ValueId weights(const Shape& shape, int64_t seed) {
    const Tensor values = normal_tensor(shape, seed, 40);
    Tensor codes(DataType::kInt8, shape);
    for (int64_t i = 0; i < codes.size(); ++i) {
      codes.mutable_data<int8_t>()[i] =
          static_cast<int8_t>(std::clamp(values.data<float>()[i], -127.0F, 127.0F));
    }
    std::vector<float> scale;
    for (int64_t c = 0; c < shape[0]; ++c) scale.push_back(c % 2 == 0 ? 0.002F : 0.003F);
    return node("DequantizeLinear",
                {constant(codes), constant(Tensor::from_floats({shape[0]}, scale))},
                {{"axis", int64_t{0}}});
  }
  ValueId conv(ValueId x, int64_t in, int64_t out) {
    return node("Conv",
                {x, weights({out, in, 1, 1}, in + out), constant(normal_tensor({out}, out, 0.5F))});
  }
};

bool codes_are_multiplied() { return multiplies_codes({1, 1, 3, 6, test::square(5, 1, 1, 0)}); }

class EngineCodes : public testing::Test {
 protected:
  void SetUp() override {
    if (!codes_are_multiplied()) GTEST_SKIP() << "this build or processor does not multiply codes";
  }
};

TEST_F(EngineCodes, AConvolutionOfCodesWritesCodesForTheNext) {
  for (const DataType type : {DataType::kUint8, DataType::kInt8}) {
    CodedModel m;
    const ValueId x = m.quantized(m.input("x", {-1, 3, 5, 5}), type);
    const ValueId y = m.quantized(m.node("Relu", {m.conv(x, 3, 6)}), type);
    m.output(m.conv(y, 6, 4));
    EXPECT_EQ(steps_of(m.graph),
              (Names{"QuantizeLinear", "(relayout)", "QuantizedConv", "QuantizedConv"}));
    test::expect_engine_matches(m.graph, {.tolerance = kOneStep}, 3);
  }
}

// One layer of a quantized file by itself.
TEST_F(EngineCodes, CodesThatAreFedAreConvolved) {
  CodedModel m;
  const ValueId fed = m.node("Cast", {m.input("x", {-1, 3, 5, 5}, DataType::kInt64)},
                             {{"to", static_cast<int64_t>(DataType::kUint8)}});
  m.quantized(m.input("unused", {-1, 3, 5, 5}));
  const auto [scale, zero] = m.grids[DataType::kUint8];
  const ValueId x = m.node("DequantizeLinear", {fed, scale, zero});
  const ValueId y = m.node("QuantizeLinear", {m.node("Relu", {m.conv(x, 3, 6)}), scale, zero});
  m.output(m.node("Cast", {y}, {{"to", static_cast<int64_t>(DataType::kFloat)}}));
  const Names steps = steps_of(m.graph);
  EXPECT_EQ(std::count(steps.begin(), steps.end(), "QuantizedConv"), 1);
  EXPECT_EQ(std::count(steps.begin(), steps.end(), "QuantizeLinear"), 1);  // of x
  test::expect_engine_matches(m.graph, {.tolerance = kOneStep}, 3);
}

TEST_F(EngineCodes, AQuantizedGateIsATableBehindTheConvolution) {
  CodedModel m;
  const ValueId x = m.quantized(m.input("x", {-1, 3, 5, 5}));
  const ValueId y = m.quantized(m.conv(x, 3, 6));
  const ValueId gated = m.quantized(m.node("Mul", {y, m.quantized(m.node("Sigmoid", {y}))}));
  m.output(m.conv(gated, 6, 4));
  EXPECT_EQ(steps_of(m.graph),
            (Names{"QuantizeLinear", "(relayout)", "QuantizedConv", "QuantizedConv"}));
  test::expect_engine_matches(m.graph, {.tolerance = kOneStep}, 3);
}

TEST_F(EngineCodes, ResidualsAreFloats) {
  CodedModel m;
  const ValueId x = m.quantized(m.input("x", {-1, 6, 5, 5}));
  const ValueId y = m.quantized(m.conv(x, 6, 6));
  const ValueId sum = m.quantized(m.node("Add", {y, x}));
  m.output(m.conv(sum, 6, 4));
  const Names steps = steps_of(m.graph);
  EXPECT_EQ(std::count(steps.begin(), steps.end(), "QuantizedConv"), 2);
  EXPECT_EQ(std::count(steps.begin(), steps.end(), "Add"), 0);
  test::expect_engine_matches(m.graph, {.tolerance = kOneStep}, 3);
}

// Quantizers behind a movement repeat those before it.
TEST_F(EngineCodes, MovementsMoveCodes) {
  CodedModel m;
  const ValueId x = m.quantized(m.input("x", {-1, 3, 6, 6}));
  const ValueId a = m.quantized(m.conv(x, 3, 4));
  const ValueId b = m.quantized(m.conv(x, 3, 8));
  const ValueId both = m.quantized(m.node("Concat", {a, b}, {{"axis", int64_t{1}}}));
  const ValueId deep = m.quantized(m.node("SpaceToDepth", {both}, {{"blocksize", int64_t{2}}}));
  m.output(m.conv(deep, 48, 4));
  const Names steps = steps_of(m.graph);
  EXPECT_EQ(std::count(steps.begin(), steps.end(), "QuantizeLinear"), 1);
  EXPECT_EQ(std::count(steps.begin(), steps.end(), "QuantizedConv"), 3);
  EXPECT_EQ(std::count(steps.begin(), steps.end(), "FakeQuant"), 0);
  test::expect_engine_matches(m.graph, {.tolerance = kOneStep}, 3);
}

TEST_F(EngineCodes, AMovementThatOthersReadMovesFloats) {
  CodedModel m;
  const ValueId x = m.quantized(m.input("x", {-1, 3, 6, 6}));
  const ValueId a = m.quantized(m.conv(x, 3, 4));
  const ValueId both = m.node("Concat", {a, a}, {{"axis", int64_t{1}}});
  m.output(m.conv(both, 8, 4));
  m.output(m.node("Tanh", {both}));
  test::expect_engine_matches(m.graph, {.tolerance = kOneStep}, 3);
}

// Padding is zero, which is not code zero.
TEST_F(EngineCodes, PaddingIsPaddedInFloat) {
  CodedModel m;
  const ValueId x = m.quantized(m.input("x", {-1, 3, 6, 6}));
  Tensor pads(DataType::kInt64, {8});
  for (int i = 0; i < 8; ++i) pads.mutable_data<int64_t>()[i] = i % 4 > 1 ? 1 : 0;
  m.output(m.conv(m.quantized(m.node("Pad", {x, m.constant(pads)})), 3, 4));
  test::expect_engine_matches(m.graph, {.tolerance = kOneStep}, 3);
}

// What is fetched has the values of the grid.
TEST_F(EngineCodes, ACodedTensorThatIsFetchedIsThereInFloat) {
  CodedModel m;
  const ValueId x = m.quantized(m.input("x", {-1, 3, 5, 5}));
  const ValueId y = m.quantized(m.conv(x, 3, 6));
  const ValueId z = m.conv(y, 6, 4);
  m.output(z);
  test::expect_engine_matches(m.graph, {.fetched = {x, y, z}, .tolerance = kOneStep}, 3);
}

TEST_F(EngineCodes, SimulatedEncodingsCount) {
  for (const bool narrow : {false, true}) {
    GraphBuilder m;
    QuantTable table;
    table["x"] = {.spec = {.bits = 8, .symmetric = true, .is_signed = true, .narrow = narrow},
                  .scale = {0.03F},
                  .zero_point = {0}};
    table["w"] = {.spec = {.bits = 4, .symmetric = true, .is_signed = true, .axis = 0},
                  .scale = {0.1F, 0.2F, 0.1F, 0.3F},
                  .zero_point = {0, 0, 0, 0}};
    const auto fake = [&](ValueId value, const char* key) {
      return m.node("FakeQuant", {value}, {{"encoding", std::string(key)}}, "edgeopt");
    };
    const ValueId x = fake(m.input("x", {-1, 3, 5, 5}), "x");
    m.output(m.node("Conv", {x, fake(m.constant(normal_tensor({4, 3, 3, 3}, 1, 0.5F)), "w")}));
    EngineOptions options;
    options.table = &table;
    // A narrow grid lacks a code that a byte has.
    EXPECT_EQ(steps_of(m.graph, options),
              narrow ? (Names{"FakeQuant", "(relayout)", "Conv"})
                     : (Names{"QuantizeLinear", "(relayout)", "QuantizedConv"}));
    test::expect_engine_matches(m.graph, {.table = &table, .tolerance = kOneStep}, 3);
  }
}

TEST_F(EngineCodes, WeightsBeyondInt8StayFloats) {
  CodedModel m;
  const ValueId x = m.quantized(m.input("x", {-1, 3, 5, 5}));
  Tensor codes(DataType::kUint8, {4, 3, 1, 1});
  for (int64_t i = 0; i < codes.size(); ++i) {
    codes.mutable_data<uint8_t>()[i] = static_cast<uint8_t>(20 * i);
  }
  const ValueId w =
      m.node("DequantizeLinear", {m.constant(codes), m.constant(Tensor::scalar(0.01F))});
  m.output(m.node("Conv", {x, w}));
  EXPECT_EQ(steps_of(m.graph), (Names{"FakeQuant", "(relayout)", "Conv"}));
  test::expect_engine_matches(m.graph, {.tolerance = kOneStep}, 3);
}

}  // namespace
}  // namespace edgeopt
