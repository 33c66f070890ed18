// Quantizers that stand in the model run as a simulation does.
#include "exec/engine_quantizers.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/graphs.h"

namespace edgeopt {
namespace {

using test::GraphBuilder;
using test::normal_tensor;
using test::steps_of;

struct QuantizedModel : GraphBuilder {
  ValueId scale = constant(Tensor::scalar(0.04F));
  ValueId zero_point;

  explicit QuantizedModel(Tensor zero) : zero_point(constant(std::move(zero))) {}
  ValueId codes(ValueId x) { return node("QuantizeLinear", {x, scale, zero_point}); }
  ValueId floats(ValueId x) { return node("DequantizeLinear", {x, scale, zero_point}); }
  ValueId conv(ValueId x, int64_t in, int64_t out) {
    return node("Conv", {x, constant(normal_tensor({out, in, 1, 1}, in + out, 0.5F))});
  }
};

template <typename T>
Tensor zero_point(DataType type, T value) {
  Tensor tensor(type, {});
  *tensor.mutable_data<T>() = value;
  return tensor;
}

using Names = std::vector<std::string>;
// A rounding that falls to the other side moves an element by one step of the grid.
constexpr double kOneStep = 0.02;

TEST(EngineQuantizers, APairIsFoldedIntoWhatMakesItsInput) {
  for (const Tensor& zero :
       {zero_point<uint8_t>(DataType::kUint8, 117), zero_point<int8_t>(DataType::kInt8, -3),
        zero_point<uint16_t>(DataType::kUint16, 30000), zero_point<int16_t>(DataType::kInt16, 7)}) {
    QuantizedModel m(zero);
    const ValueId a = m.conv(m.input("x", {-1, 3, 5, 5}), 3, 6);
    m.output(m.conv(m.floats(m.codes(m.node("Relu", {a}))), 6, 4));
    EXPECT_EQ(steps_of(m.graph), (Names{"Conv", "Conv"}));
    test::expect_engine_matches(m.graph, {.tolerance = kOneStep}, 3);
  }
}

// The type is that of `output_dtype`.
TEST(EngineQuantizers, CodesWithoutAZeroPointAreOfTheirType) {
  for (const DataType type : {DataType::kUint8, DataType::kInt8}) {
    QuantizedModel m(zero_point<uint8_t>(DataType::kUint8, 0));
    Tensor weights(DataType::kInt8, {6, 3, 1, 1});
    for (int64_t k = 0; k < weights.size(); ++k) {
      weights.mutable_data<int8_t>()[k] = static_cast<int8_t>(9 * k - 80);
    }
    const ValueId w = m.node("DequantizeLinear", {m.constant(weights), m.scale});
    const ValueId a = m.node("Conv", {m.floats(m.codes(m.input("x", {-1, 3, 5, 5}))), w});
    const ValueId codes =
        m.node("QuantizeLinear", {a, m.scale}, {{"output_dtype", static_cast<int64_t>(type)}});
    m.output(m.node("Cast", {codes}, {{"to", int64_t{1}}}));
    test::expect_engine_matches(m.graph, {.tolerance = 0.01}, 3);
  }
}

TEST(EngineQuantizers, SeveralReadersOfTheCodesShareOneStep) {
  QuantizedModel m(zero_point<uint8_t>(DataType::kUint8, 117));
  const ValueId codes = m.codes(m.input("x", {-1, 3, 5, 5}));
  m.output(m.node("Add", {m.conv(m.floats(codes), 3, 3), m.floats(codes)}));
  const Names steps = steps_of(m.graph);
  EXPECT_EQ(std::count(steps.begin(), steps.end(), "FakeQuant"), 1);
  EXPECT_EQ(std::count(steps.begin(), steps.end(), "DequantizeLinear"), 0);
  test::expect_engine_matches(m.graph, {.tolerance = kOneStep}, 3);
}

// As exporters write SiLU and HardSwish: convolution, gate and product each with a quantizer.
TEST(EngineQuantizers, AQuantizedGateIsFoldedIntoItsConvolution) {
  for (const bool hard : {false, true}) {
    QuantizedModel m(zero_point<int8_t>(DataType::kInt8, 5));
    const auto quantized = [&](ValueId x) { return m.floats(m.codes(x)); };
    const ValueId x = quantized(m.conv(m.input("x", {-1, 3, 5, 5}), 3, 6));
    const ValueId gate = hard ? m.node("HardSigmoid", {x}, {{"alpha", 1.0F / 6}, {"beta", 0.5F}})
                              : m.node("Sigmoid", {x});
    m.output(quantized(m.node("Mul", {x, quantized(gate)})));
    EXPECT_EQ(steps_of(m.graph), Names{"Conv"});
    test::expect_engine_matches(m.graph, {.tolerance = kOneStep}, 3);
  }
}

TEST(EngineQuantizers, AGateOnAnotherValueStays) {
  QuantizedModel m(zero_point<int8_t>(DataType::kInt8, 5));
  const ValueId x = m.floats(m.codes(m.input("x", {-1, 3, 5, 5})));
  const ValueId other = m.conv(x, 3, 3);
  m.output(m.node("Mul", {x, m.floats(m.codes(m.node("Sigmoid", {other})))}));
  test::expect_engine_matches(m.graph, {.tolerance = kOneStep}, 3);
}

TEST(EngineQuantizers, CodesThatAreReadElsewhereStay) {
  QuantizedModel m(zero_point<uint8_t>(DataType::kUint8, 117));
  const ValueId codes = m.codes(m.input("x", {-1, 3, 5, 5}));
  m.output(m.floats(codes));
  m.output(m.node("Cast", {codes}, {{"to", static_cast<int64_t>(DataType::kFloat)}}));
  EXPECT_EQ(steps_of(m.graph), (Names{"QuantizeLinear", "DequantizeLinear", "Cast"}));
  test::expect_engine_matches(m.graph, {}, 3);
}

TEST(EngineQuantizers, DifferentScalesStay) {
  QuantizedModel m(zero_point<int8_t>(DataType::kInt8, 0));
  const ValueId codes = m.codes(m.input("x", {-1, 3, 5, 5}));
  m.scale = m.constant(Tensor::scalar(0.08F));
  m.output(m.floats(codes));
  EXPECT_EQ(steps_of(m.graph), (Names{"QuantizeLinear", "DequantizeLinear"}));
  test::expect_engine_matches(m.graph, {}, 3);
}

TEST(EngineQuantizers, AScaleForEachChannelStays) {
  GraphBuilder m;
  const ValueId scale = m.constant(Tensor::from_floats({3}, {0.1F, 0.2F, 0.3F}));
  const ValueId codes = m.node("QuantizeLinear", {m.input("x", {-1, 3, 5, 5}), scale});
  m.output(m.node("DequantizeLinear", {codes, scale}));
  EXPECT_EQ(steps_of(m.graph), (Names{"QuantizeLinear", "DequantizeLinear"}));
  test::expect_engine_matches(m.graph, {}, 3);
}

}  // namespace
}  // namespace edgeopt
