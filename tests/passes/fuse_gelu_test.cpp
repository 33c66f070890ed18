#include <gtest/gtest.h>

#include <cmath>

#include "support/model_builder.h"
#include "support/pass_fixture.h"

namespace edgeopt::test {
namespace {

const float kRoot = std::sqrt(2.0F);

ModelBuilder start() {
  ModelBuilder b;
  b.input("x", {-1, 4}).scalar("root", kRoot).scalar("inverse", 1 / kRoot);
  b.scalar("one", 1).scalar("half", 0.5F);
  return b;
}

// What stands there after the pass for a target; outputs stay equal.
std::string fused(ModelBuilder& b, const char* target = "onnxruntime") {
  Model model = b.output("y").build();
  PassContext context;
  context.target = find_target(target);
  context.policy = context.target->policy;
  apply_checked(model, "fuse-gelu", {}, context);
  const bool declared = model.opsets.contains("com.microsoft");
  EXPECT_EQ(declared, ops(model).find("Gelu") != std::string::npos);
  return ops(model);
}

// As PyTorch's older exporter writes it.
ModelBuilder torch_gelu() {
  ModelBuilder b = start();
  b.node("Div", {"x", "root"}, {"d"}).node("Erf", {"d"}, {"e"}).node("Add", {"e", "one"}, {"a"});
  b.node("Mul", {"x", "a"}, {"m"}).node("Mul", {"m", "half"}, {"y"});
  return b;
}

TEST(FuseGelu, EveryOrderOfTheFactors) {
  ModelBuilder torch = torch_gelu();
  EXPECT_EQ(fused(torch), "Gelu");
  ModelBuilder keras = start();
  keras.node("Mul", {"inverse", "x"}, {"d"}).node("Erf", {"d"}, {"e"});
  keras.node("Add", {"one", "e"}, {"a"}).node("Mul", {"half", "x"}, {"h"});
  keras.node("Mul", {"h", "a"}, {"y"});
  EXPECT_EQ(fused(keras), "Gelu");
  ModelBuilder last = start();
  last.node("Div", {"x", "root"}, {"d"}).node("Erf", {"d"}, {"e"}).node("Add", {"e", "one"}, {"a"});
  last.node("Mul", {"a", "half"}, {"h"}).node("Mul", {"h", "x"}, {"y"});
  EXPECT_EQ(fused(last), "Gelu");
}

TEST(FuseGelu, OnlyWhereTheTargetHasIt) {
  ModelBuilder b = torch_gelu();
  EXPECT_EQ(fused(b, "tensorrt"), "Div Erf Add Mul Mul");
}

TEST(FuseGelu, OtherFormulasStay) {
  ModelBuilder read = torch_gelu();  // a step that something else reads
  read.output("e");
  EXPECT_EQ(fused(read), "Div Erf Add Mul Mul");
  ModelBuilder other = start();  // another factor than x
  other.input("z", {-1, 4}).node("Div", {"x", "root"}, {"d"}).node("Erf", {"d"}, {"e"});
  other.node("Add", {"e", "one"}, {"a"}).node("Mul", {"z", "a"}, {"m"});
  other.node("Mul", {"m", "half"}, {"y"});
  EXPECT_EQ(fused(other), "Div Erf Add Mul Mul");
  ModelBuilder squared = start();
  squared.node("Div", {"x", "root"}, {"d"}).node("Erf", {"d"}, {"e"});
  squared.node("Add", {"e", "one"}, {"a"}).node("Mul", {"a", "a"}, {"y"});
  EXPECT_EQ(fused(squared), "Div Erf Add Mul");
  ModelBuilder steep = start();
  steep.node("Mul", {"x", "root"}, {"d"}).node("Erf", {"d"}, {"e"});
  steep.node("Add", {"e", "one"}, {"a"}).node("Mul", {"x", "a"}, {"m"});
  steep.node("Mul", {"m", "half"}, {"y"});
  EXPECT_EQ(fused(steep), "Mul Erf Add Mul Mul");
}

}  // namespace
}  // namespace edgeopt::test
