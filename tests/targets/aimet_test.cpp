// The target aimet: what its runtime wants to see in the file.
#include <gtest/gtest.h>

#include "support/lowered.h"

namespace edgeopt {
namespace {

TEST(Aimet, AddAndReluAreOneOperation) {
  const Model model = test::lowered_for("aimet");
  EXPECT_EQ(test::activation_types(model), std::vector{DataType::kUint8});
  EXPECT_EQ(test::encoded_names(), (std::vector<std::string>{"c2", "p", "r1", "x", "y"}));
}

}  // namespace
}  // namespace edgeopt
