// Pooling of channels-last tensors against the plain definition.
#include "kernels/pooling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/values.h"

namespace edgeopt {
namespace {

struct Case {
  const char* why;
  int64_t channels;
  Window window;
};

std::vector<Case> cases() {
  return {
      {"all vector widths",
       45,
       {{1, 9, 8}, {1, 3, 3}, {1, 2, 2}, {1, 1, 1}, {0, 1, 1}, {0, 1, 1}, {1, 5, 4}}},
      {"one channel",
       1,
       {{1, 5, 5}, {1, 2, 2}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}, {0, 0, 0}, {1, 4, 4}}},
      {"dilated", 8, {{1, 7, 7}, {1, 2, 3}, {1, 1, 1}, {1, 2, 2}, {0, 1, 2}, {0, 1, 2}, {1, 7, 7}}},
      {"large enough to go along rows first",
       20,
       {{1, 11, 12}, {1, 5, 4}, {1, 2, 2}, {1, 1, 2}, {0, 2, 3}, {0, 2, 3}, {1, 6, 6}}},
      {"rows first in three dimensions",
       9,
       {{4, 5, 6}, {2, 3, 5}, {1, 1, 1}, {1, 1, 1}, {1, 1, 2}, {0, 1, 2}, {4, 5, 6}}},
      {"window wider than the input",
       32,
       {{1, 3, 3}, {1, 7, 7}, {1, 1, 1}, {1, 1, 1}, {0, 3, 3}, {0, 3, 3}, {1, 3, 3}}},
      {"padding at one side",
       16,
       {{1, 4, 4}, {1, 3, 3}, {1, 2, 2}, {1, 1, 1}, {0, 0, 0}, {0, 1, 1}, {1, 2, 2}}},
      {"three dimensions",
       12,
       {{3, 4, 5}, {2, 2, 3}, {1, 2, 1}, {1, 1, 1}, {1, 0, 1}, {0, 0, 1}, {3, 2, 5}}},
  };
}

// The number of taps and their maximum and sum, in double.
struct Expected {
  int64_t taps = 0;
  double maximum = -INFINITY;
  double sum = 0;
};

Expected expected(const Window& w, const Spatial& p, const float* x, int64_t channels) {
  Expected e;
  for_each_tap(w, p, [&](int64_t, int64_t i) {
    const double value = x[i * channels];
    ++e.taps;
    e.maximum = std::max(e.maximum, value);
    e.sum += value;
  });
  return e;
}

TEST(Pooling, GivesTheDefinition) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.why);
    const int64_t batch = 2;
    const int64_t in = product(c.window.input) * c.channels;
    const int64_t out = product(c.window.output) * c.channels;
    const std::vector<float> x = test::normal_floats(batch * in, 7);
    std::vector<float> maxima(static_cast<size_t>(batch * out));
    std::vector<float> means(maxima.size());
    std::vector<float> padded(maxima.size());
    const auto pooled = [&](const Pooling& pooling, std::vector<float>& y) {
      std::vector<float> scratch(static_cast<size_t>(pool_scratch(pooling)));
      pool(pooling, x.data(), y.data(), scratch.data());
    };
    pooled({Pooling::Kind::kMax, batch, c.channels, c.window}, maxima);
    pooled({Pooling::Kind::kAverage, batch, c.channels, c.window}, means);
    pooled({Pooling::Kind::kAverage, batch, c.channels, c.window, true}, padded);
    for (int64_t n = 0; n < batch; ++n) {
      for_each_position(c.window.output, [&](const Spatial& p, int64_t at) {
        for (int64_t k = 0; k < c.channels; ++k) {
          const Expected e = expected(c.window, p, x.data() + n * in + k, c.channels);
          const auto i = static_cast<size_t>(n * out + at * c.channels + k);
          ASSERT_GT(e.taps, 0);
          EXPECT_EQ(maxima[i], e.maximum);
          EXPECT_NEAR(means[i], e.sum / double(e.taps), 1e-6);
          EXPECT_NEAR(padded[i], e.sum / double(padded_taps(c.window, p)), 1e-6);
        }
      });
    }
  }
}

TEST(Pooling, WideMaximaGoAlongRowsFirst) {
  const Window wide{{1, 13, 13}, {1, 5, 5}, {1, 1, 1},  {1, 1, 1},
                    {0, 2, 2},   {0, 2, 2}, {1, 13, 13}};
  const Window narrow{{1, 8, 8}, {1, 3, 3}, {1, 2, 2}, {1, 1, 1}, {0, 1, 1}, {0, 1, 1}, {1, 4, 4}};
  EXPECT_EQ(pool_scratch({Pooling::Kind::kMax, 2, 3, wide}), 2 * 3 * 13 * 13);
  EXPECT_EQ(pool_scratch({Pooling::Kind::kAverage, 2, 3, wide}), 0);
  EXPECT_EQ(pool_scratch({Pooling::Kind::kMax, 2, 3, narrow}), 0);
}

}  // namespace
}  // namespace edgeopt
