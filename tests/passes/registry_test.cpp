#include <gtest/gtest.h>

#include <set>

#include "passes/pass.h"

namespace edgeopt {
namespace {

TEST(PassRegistry, FindsEachPassByItsUniqueName) {
  std::set<std::string_view> names;
  for (const Pass* pass : all_passes()) {
    EXPECT_TRUE(names.insert(pass->name).second) << pass->name;
    EXPECT_EQ(find_pass(pass->name), pass);
    EXPECT_FALSE(pass->summary.empty()) << pass->name;
  }
  EXPECT_NE(find_pass("calibrate"), nullptr);
  EXPECT_EQ(find_pass("no-such-pass"), nullptr);
}

}  // namespace
}  // namespace edgeopt
