#include "quant/observer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.h"

namespace edgeopt {
namespace {

std::vector<float> noise(int64_t count, double spread, uint64_t seed) {
  Random random(seed);
  std::vector<float> x(static_cast<size_t>(count));
  for (float& v : x) v = static_cast<float>(random.normal() * spread);
  return x;
}

// Samples of very different ranges, so that bins are widened in between.
std::vector<std::vector<float>> uneven_samples() {
  std::vector<std::vector<float>> samples;
  for (const double spread : {0.0, 1e-6, 3.0, 0.02, 500.0, 1.0, 0.0}) {
    samples.push_back(noise(20'000, spread, samples.size() + 1));
  }
  for (float& v : samples[2]) v = std::max(v, 0.0F);
  return samples;
}

void expect_same(const ObservedTensor& a, const ObservedTensor& b) {
  EXPECT_EQ(a.min, b.min);
  EXPECT_EQ(a.max, b.max);
  EXPECT_EQ(a.samples, b.samples);
  EXPECT_EQ(a.not_finite, b.not_finite);
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.first, b.first);
  EXPECT_EQ(a.counts, b.counts);
  EXPECT_EQ(a.zeros, b.zeros);
}

uint64_t total(const ObservedTensor& observed) {
  return std::accumulate(observed.counts.begin(), observed.counts.end(), observed.zeros);
}

TEST(Observer, CountsWhatTheDefinitionSays) {
  const std::vector<float> x = noise(5000, 1.7, 4);
  Observer observer({.histogram = true, .sampled = 0});
  observer.observe(x.data(), 5000);
  const ObservedTensor seen = observer.result();
  EXPECT_EQ(seen.min, *std::min_element(x.begin(), x.end()));
  EXPECT_EQ(seen.max, *std::max_element(x.begin(), x.end()));
  EXPECT_EQ(total(seen), 5000U);
  std::vector<uint64_t> expected(seen.counts.size());
  for (const float v : x) {
    const double bin = v < 0 ? -1 - std::trunc(-v / seen.width) : std::trunc(v / seen.width);
    ++expected[static_cast<size_t>(static_cast<int64_t>(bin) - seen.first)];
  }
  EXPECT_EQ(seen.counts, expected);
  const double largest = std::max(-seen.min, seen.max) / seen.width;
  EXPECT_GE(largest, Observer::kBins / 2);
  EXPECT_LT(largest, Observer::kBins);
}

TEST(Observer, OrderDoesNotMatter) {
  std::vector<std::vector<float>> samples = uneven_samples();
  Observer forward;
  for (const auto& s : samples) forward.observe(s.data(), static_cast<int64_t>(s.size()));
  std::reverse(samples.begin(), samples.end());
  Observer backward;
  for (const auto& s : samples) backward.observe(s.data(), static_cast<int64_t>(s.size()));
  expect_same(forward.result(), backward.result());
}

TEST(Observer, MergedWorkersGiveWhatOneGives) {
  const std::vector<std::vector<float>> samples = uneven_samples();
  Observer one;
  Observer workers[3];
  for (size_t i = 0; i < samples.size(); ++i) {
    const auto count = static_cast<int64_t>(samples[i].size());
    one.observe(samples[i].data(), count);
    workers[i % 2].observe(samples[i].data(), count);  // the third sees nothing
  }
  for (const auto& [a, b, c] : {std::array{0, 1, 2}, std::array{2, 1, 0}, std::array{1, 2, 0}}) {
    Observer merged = workers[a];
    merged.merge(workers[b]);
    merged.merge(workers[c]);
    expect_same(merged.result(), one.result());
  }
}

TEST(Observer, NonFiniteElementsAreCountedAndLeftOut) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> x = noise(100, 1, 5);
  Observer clean;
  clean.observe(x.data(), 100);
  x.insert(x.begin() + 17, {infinity, -infinity, std::nanf("")});
  Observer dirty;
  dirty.observe(x.data(), 103);
  ObservedTensor seen = dirty.result();
  EXPECT_EQ(seen.not_finite, 3);
  seen.not_finite = 0;
  expect_same(seen, clean.result());

  const std::vector<float> nothing(3, std::nanf(""));
  Observer empty;
  empty.observe(nothing.data(), 3);
  EXPECT_EQ(empty.result().not_finite, 3);
  EXPECT_EQ(empty.result().min, 0.0F);
  EXPECT_EQ(empty.result().max, 0.0F);
}

TEST(Observer, ExtremesOfFloatFit) {
  const float largest = std::numeric_limits<float>::max();
  const float tiny = std::numeric_limits<float>::denorm_min();
  const std::vector<float> x = {largest, -largest, tiny, -tiny, 0.0F, -0.0F};
  Observer observer;
  observer.observe(x.data(), 6);
  EXPECT_EQ(observer.result().zeros, 2U);
  EXPECT_EQ(total(observer.result()), 6U);
  Observer small;
  small.observe(x.data() + 2, 4);
  EXPECT_EQ(small.result().max, tiny);
  EXPECT_EQ(total(small.result()), 4U);
}

// Channels-last memory with as many channels as lines are apart must not show one channel only.
TEST(Observer, SampledElementsCoverEveryChannel) {
  const int64_t channels = 96;
  std::vector<float> x(static_cast<size_t>(channels * 4096));
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(1 + i % channels);
  Observer observer;
  observer.observe(x.data(), static_cast<int64_t>(x.size()));
  const ObservedTensor seen = observer.result();
  EXPECT_EQ(seen.max, 96.0F);
  EXPECT_NEAR(static_cast<double>(total(seen)), 8192, 64);
  for (int64_t c = 1; c <= channels; ++c) {
    const auto bin = static_cast<size_t>(static_cast<double>(c) / seen.width);
    EXPECT_NEAR(static_cast<double>(seen.counts[bin]), 8192.0 / 96, 45) << c;
  }
}

TEST(Observer, WithoutHistogramOnlyTheEndsAreKept) {
  const std::vector<float> x = noise(1000, 1, 8);
  Observer observer({.histogram = false});
  observer.observe(x.data(), 1000);
  EXPECT_TRUE(observer.result().counts.empty());
  EXPECT_EQ(observer.result().max, *std::max_element(x.begin(), x.end()));
}

}  // namespace
}  // namespace edgeopt
