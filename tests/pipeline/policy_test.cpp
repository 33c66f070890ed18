#include "pipeline/policy.h"

#include <gtest/gtest.h>

#include "pipeline/prepare.h"
#include "support/data_files.h"

namespace edgeopt::test {
namespace {

QuantPolicy policy(const QuantizeOptions& options) {
  return policy_for(options, target_named(options.target));
}

TEST(Policy, TheTargetsDefaultsStand) {
  for (const Target* target : all_targets()) {
    QuantizeOptions options;
    options.target = target->name;
    const QuantPolicy made = policy(options);
    EXPECT_EQ(made.activation, target->policy.activation) << target->name;
    EXPECT_EQ(made.weight, target->policy.weight) << target->name;
    EXPECT_EQ(made.min_opset, target->policy.min_opset) << target->name;
  }
}

TEST(Policy, OptionsChangeGrids) {
  QuantizeOptions options;
  options.weight_bits = 4;
  options.per_channel = false;
  options.symmetric_activations = true;
  options.weight_range = "aimet";
  const QuantPolicy made = policy(options);
  EXPECT_EQ(made.weight.bits, 4);
  EXPECT_FALSE(made.weight.narrow);
  EXPECT_TRUE(made.activation.symmetric);
  EXPECT_FALSE(made.per_channel);
  EXPECT_EQ(made.min_opset, 21) << "int4 came with opset 21";
}

TEST(Policy, WhatCannotBeIsRefused) {
  const auto error = [](auto change) {
    QuantizeOptions options;
    change(options);
    return error_text([&] { policy(options); });
  };
  EXPECT_TRUE(error([](auto& o) { o.activation_bits = 4; }).starts_with("2: --activation-bits"));
  EXPECT_TRUE(error([](auto& o) { o.weight_bits = 1; }).starts_with("2: --weight-bits"));
  EXPECT_TRUE(error([](auto& o) { o.weight_range = "x"; }).starts_with("2: --weight-range"));
  EXPECT_TRUE(error([](auto& o) {
                o.target = "tensorrt";
                o.activation_bits = 16;
              }).starts_with("4: target tensorrt"));
  EXPECT_TRUE(error([](auto& o) { o.target = "x"; }).starts_with("2: there is no target 'x'"));
}

}  // namespace
}  // namespace edgeopt::test
