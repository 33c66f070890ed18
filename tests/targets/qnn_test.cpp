// The target qnn: what its runtime wants to see in the file.
#include <gtest/gtest.h>

#include "support/lowered.h"

namespace edgeopt {
namespace {

// What comes after the last layer, here Add and Relu, is the tail: it stays in float.
TEST(Qnn, EveryTensorUpToTheLastLayer) {
  const Model model = test::lowered_for("qnn");
  EXPECT_EQ(test::activation_types(model), std::vector{DataType::kUint8});
  EXPECT_EQ(test::form_of_conv_input(model, 1), "DequantizeLinear(int8)");
  EXPECT_EQ(test::form_of_conv_input(model, 2), "DequantizeLinear(int32)");
  EXPECT_EQ(test::encoded_names(), (std::vector<std::string>{"c2", "p", "r1", "x"}));
}

TEST(Qnn, TheTailToo) {
  QuantizeOptions options;
  options.quantize_tail = true;
  const Model model = test::lowered_for("qnn", options);
  const NodeId last = model.graph.value(model.graph.outputs().at(0)).producer;
  EXPECT_EQ(model.graph.node(last).op_type, "DequantizeLinear");
  EXPECT_EQ(test::encoded_names(), (std::vector<std::string>{"c2", "p", "r1", "x", "y"}));
}

TEST(Qnn, TheBatchIsFixed) {
  const Model model = test::lowered_for("qnn");
  const Value& input = model.graph.value(model.graph.feeds().at(0));
  EXPECT_EQ(input.type.dims->at(0).value, 1);
}

}  // namespace
}  // namespace edgeopt
