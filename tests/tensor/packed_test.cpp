#include "tensor/packed.h"

#include <gtest/gtest.h>

#include "support/one_node.h"

namespace edgeopt {
namespace {

TEST(Packed, FirstElementIsInTheLowBits) {
  const Tensor packed = test::make_tensor(DataType::kInt4, {3}, {-8, 7, -1});
  EXPECT_EQ(packed.byte_size(), 2U);
  EXPECT_EQ(packed.data<uint8_t>()[0], 0x78);
  EXPECT_EQ(packed.data<uint8_t>()[1], 0x0f);
}

TEST(Packed, EveryWidthSurvivesARoundTrip) {
  EXPECT_EQ(test::values_of(test::make_tensor(DataType::kInt4, {3}, {-8, 7, -1})),
            (std::vector<double>{-8, 7, -1}));
  EXPECT_EQ(test::values_of(test::make_tensor(DataType::kUint4, {3}, {0, 15, 9})),
            (std::vector<double>{0, 15, 9}));
  EXPECT_EQ(test::values_of(test::make_tensor(DataType::kInt2, {5}, {-2, -1, 0, 1, -2})),
            (std::vector<double>{-2, -1, 0, 1, -2}));
  EXPECT_EQ(test::values_of(test::make_tensor(DataType::kUint2, {5}, {0, 1, 2, 3, 1})),
            (std::vector<double>{0, 1, 2, 3, 1}));
}

}  // namespace
}  // namespace edgeopt
