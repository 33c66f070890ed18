#include "pipeline/macs.h"

#include <gtest/gtest.h>

#include "support/model_builder.h"

namespace edgeopt::test {
namespace {

TEST(Macs, CountsLayersAndMatrixProducts) {
  ModelBuilder b;
  b.input("x", {-1, 4, 6, 6}).weights("w1", {8, 2, 3, 3}).weights("w2", {8, 5, 2, 2});
  b.node("Conv", {"x", "w1"}, {"a"}, {{"group", int64_t{2}}});  // 8x4x4
  b.node("ConvTranspose", {"a", "w2"}, {"b"});                  // 5x5x5
  b.node("Flatten", {"b"}, {"f"}).weights("w3", {7, 125});
  b.node("Gemm", {"f", "w3"}, {"g"}, {{"transB", int64_t{1}}});
  b.weights("w4", {7, 2}).node("MatMul", {"g", "w4"}, {"y"});
  const Model model = b.output("y").build();
  EXPECT_EQ(count_macs(model, {}), 8 * 16 * 2 * 9 + 8 * 16 * 5 * 4 + 7 * 125 + 7 * 2);
}

}  // namespace
}  // namespace edgeopt::test
