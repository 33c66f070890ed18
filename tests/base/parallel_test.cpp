#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace edgeopt {
namespace {

TEST(ThreadCount, ZeroIsOneForEachCore) {
  EXPECT_EQ(thread_count(3), 3);
  EXPECT_GE(thread_count(0), 1);
}

TEST(ParallelFor, CallsEachIndexOnce) {
  for (const int threads : {0, 1, 2, 7}) {
    for (const int64_t count : {0, 1, 5, 1000}) {
      std::vector<std::atomic<int>> calls(static_cast<size_t>(count));
      parallel_for(threads, count, [&](int64_t i) { ++calls[static_cast<size_t>(i)]; });
      for (const auto& times : calls) EXPECT_EQ(times, 1);
    }
  }
}

TEST(ParallelFor, TheLowestFailureIsRethrown) {
  for (int round = 0; round < 50; ++round) {
    try {
      parallel_for(3, 100, [](int64_t i) {
        if (i % 7 == 3) throw std::runtime_error(std::to_string(i));
      });
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "3");
    }
  }
}

}  // namespace
}  // namespace edgeopt
