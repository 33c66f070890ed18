// quantize-weights: encodings of constants from their values.
#include <gtest/gtest.h>

#include "passes/pass.h"
#include "support/model_builder.h"
#include "support/pass_fixture.h"

namespace edgeopt {
namespace {

using test::ModelBuilder;

struct Prepared {
  Model model;
  QuantTable table;
};

// x (2 channels) -> Conv 1x1 to 2 channels with weights {1, -2} and {0.5, 0.25}.
Prepared prepared(bool per_channel) {
  ModelBuilder b;
  b.input("x", {-1, 2, 4, 4});
  b.constant("w", Tensor::from_floats({2, 2, 1, 1}, {1, -2, 0.5F, 0.25F}));
  b.node("Conv", {"x", "w"}, {"y"});
  Prepared made{b.output("y").build(), {}};
  PassContext context;
  context.target = find_target("onnxruntime");
  context.policy = context.target->policy;
  context.policy.per_channel = per_channel;
  const Pass& insert = *find_pass("insert-fake-quant");
  insert.run(made.model, made.table, context, OptionValues(insert.name, insert.options));
  return made;
}

int64_t quantize_weights(Prepared& made, const char* calibrator = "min-max") {
  PassContext context;
  const Pass& pass = *find_pass("quantize-weights");
  OptionValues options(pass.name, pass.options);
  options.set("calibrator", calibrator);
  return pass.run(made.model, made.table, context, options);
}

TEST(QuantizeWeights, OneScaleForEachOutputChannel) {
  Prepared made = prepared(true);
  EXPECT_EQ(quantize_weights(made), 1);
  const TensorEncoding& encoding = made.table.at("w");
  ASSERT_EQ(encoding.scale.size(), 2U);
  EXPECT_FLOAT_EQ(encoding.scale[0], 2.0F / 127);
  EXPECT_FLOAT_EQ(encoding.scale[1], 0.5F / 127);
  EXPECT_EQ(encoding.zero_point, (std::vector<int32_t>{0, 0}));
}

TEST(QuantizeWeights, OneScaleForTheTensor) {
  Prepared made = prepared(false);
  quantize_weights(made);
  ASSERT_EQ(made.table.at("w").scale.size(), 1U);
  EXPECT_FLOAT_EQ(made.table.at("w").scale[0], 2.0F / 127);
}

TEST(QuantizeWeights, LeavesActivationsOpenAndReadyWeightsAlone) {
  Prepared made = prepared(true);
  quantize_weights(made);
  EXPECT_FALSE(made.table.at("x").ready());
  EXPECT_EQ(quantize_weights(made), 0);
}

TEST(QuantizeWeights, TakesAnotherCalibrator) {
  Prepared made = prepared(true);
  quantize_weights(made, "mse");
  EXPECT_LE(made.table.at("w").scale[0], 2.0F / 127);
  EXPECT_GT(made.table.at("w").scale[0], 0.0F);
}

}  // namespace
}  // namespace edgeopt
