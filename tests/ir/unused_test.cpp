#include "ir/unused.h"

#include <gtest/gtest.h>

#include "support/model_builder.h"

namespace edgeopt {
namespace {

TEST(Unused, OnlyConstantsThatNothingReadsGo) {
  test::ModelBuilder b;
  b.input("x", {-1, 2}).input("listed", {1}).floats("listed", {1}).scalar("unread", 0);
  b.scalar("read", 2).scalar("result", 3).node("Mul", {"x", "read"}, {"y"});
  Model model = b.output("y").output("result").build();
  EXPECT_EQ(remove_unused_constants(model.graph), 2);
  EXPECT_FALSE(model.graph.value(*model.graph.find_value("unread")).is_constant());
  EXPECT_EQ(model.graph.constants().size(), 2U);
  EXPECT_EQ(model.graph.inputs().size(), 1U);
  EXPECT_EQ(remove_unused_constants(model.graph), 0);
}

}  // namespace
}  // namespace edgeopt
