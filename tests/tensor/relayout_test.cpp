#include "tensor/relayout.h"

#include <gtest/gtest.h>

#include <numeric>

namespace edgeopt {
namespace {

// Element by element, from the meaning of the layouts.
template <typename T>
void expect_turned(const Shape& shape, DataType type) {
  std::vector<T> plain(static_cast<size_t>(element_count(shape)));
  std::iota(plain.begin(), plain.end(), T{1});
  std::vector<T> last(plain.size());
  std::vector<T> back(plain.size());
  relayout(type, shape, plain.data(), Layout::kPlain, last.data(), Layout::kChannelsLast);
  relayout(type, shape, last.data(), Layout::kChannelsLast, back.data(), Layout::kPlain);
  EXPECT_EQ(back, plain) << to_string(shape);
  const int64_t channels = shape[1];
  const int64_t positions = element_count(shape) / (shape[0] * channels);
  for (int64_t i = 0; i < static_cast<int64_t>(plain.size()); ++i) {
    const int64_t n = i / (channels * positions);
    const int64_t c = i / positions % channels;
    const int64_t at = (n * positions + i % positions) * channels + c;
    ASSERT_EQ(last[static_cast<size_t>(at)], plain[static_cast<size_t>(i)]) << to_string(shape);
  }
}

TEST(Relayout, EveryElementFindsItsPlace) {
  for (const int64_t channels : {1, 2, 3, 4, 5, 16, 33}) {
    expect_turned<float>({2, channels, 7, 9}, DataType::kFloat);
    expect_turned<float>({1, channels, 40}, DataType::kFloat);
    expect_turned<uint16_t>({1, channels, 2, 3, 4}, DataType::kFloat16);
  }
  expect_turned<float>({1, 50, 3, 1}, DataType::kFloat);
  expect_turned<int64_t>({2, 3, 5, 5}, DataType::kInt64);
}

}  // namespace
}  // namespace edgeopt
