// The target aimet-per-op: what its runtime wants to see in the file.
#include <gtest/gtest.h>

#include "support/lowered.h"

namespace edgeopt {
namespace {

TEST(AimetPerOp, AddHasAnEncodingAndItsReluSharesIt) {
  const Model model = test::lowered_for("aimet-per-op");
  EXPECT_EQ(test::activation_types(model), std::vector{DataType::kUint8});
  EXPECT_EQ(test::encoded_names(), (std::vector<std::string>{"a", "c2", "p", "r1", "x", "y"}));
}

}  // namespace
}  // namespace edgeopt
