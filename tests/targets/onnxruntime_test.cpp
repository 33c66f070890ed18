// The target onnxruntime: what its runtime wants to see in the file.
#include <gtest/gtest.h>

#include "support/lowered.h"

namespace edgeopt {
namespace {

TEST(Onnxruntime, AsymmetricActivationsInt8WeightsInt32Bias) {
  const Model model = test::lowered_for("onnxruntime");
  EXPECT_EQ(test::activation_types(model), std::vector{DataType::kUint8});
  EXPECT_EQ(test::form_of_conv_input(model, 1), "DequantizeLinear(int8)");
  EXPECT_EQ(test::form_of_conv_input(model, 2), "DequantizeLinear(int32)");
  EXPECT_EQ(test::count_ops(model, "FakeQuant"), 0);
}

TEST(Onnxruntime, KeepsTheSymbolicBatch) {
  const Model model = test::lowered_for("onnxruntime");
  const Value& input = model.graph.value(model.graph.feeds().at(0));
  EXPECT_EQ(input.type.dims->at(0).value, -1);
}

TEST(Onnxruntime, WideActivationsRaiseTheOpset) {
  QuantizeOptions options;
  options.activation_bits = 16;
  const Model model = test::lowered_for("onnxruntime", options);
  EXPECT_EQ(test::activation_types(model), std::vector{DataType::kUint16});
  EXPECT_GE(model.opset(), 21);
}

}  // namespace
}  // namespace edgeopt
