// The target tensorrt: what its runtime wants to see in the file.
#include <gtest/gtest.h>

#include "edgeopt/error.h"
#include "support/lowered.h"

namespace edgeopt {
namespace {

TEST(Tensorrt, SymmetricInt8FloatBias) {
  const Model model = test::lowered_for("tensorrt");
  EXPECT_EQ(test::activation_types(model), std::vector{DataType::kInt8});
  EXPECT_TRUE(test::all_zero_points_are_zero(model));
  EXPECT_EQ(test::form_of_conv_input(model, 1), "DequantizeLinear(int8)");
  EXPECT_EQ(test::form_of_conv_input(model, 2), "float");
}

TEST(Tensorrt, OnlyInputsOfLayersAndTheSkipBranch) {
  const Model model = test::lowered_for("tensorrt");
  // x, and the pooled tensor, which feeds the second Conv and the addition.
  EXPECT_EQ(test::count_ops(model, "QuantizeLinear"), 2);
  const NodeId last = model.graph.value(model.graph.outputs().at(0)).producer;
  EXPECT_EQ(model.graph.node(last).op_type, "Relu");
}

TEST(Tensorrt, HasNoWideActivations) {
  QuantizeOptions options;
  options.activation_bits = 16;
  EXPECT_THROW(test::lowered_for("tensorrt", options), Error);
}

}  // namespace
}  // namespace edgeopt
