// What every calibrator must keep, whatever its rule.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.h"
#include "edgeopt/error.h"
#include "quant/calibrator.h"

namespace edgeopt {
namespace {

const std::vector<QuantSpec> kSpecs = {
    {.bits = 8},
    {.bits = 16},
    {.bits = 4},
    {.bits = 8, .symmetric = true, .is_signed = true},
    {.bits = 8, .symmetric = true, .is_signed = true, .narrow = true},
    {.bits = 2, .symmetric = true, .is_signed = true},
};

using Data = std::vector<std::vector<float>>;

Data samples(double (*draw)(Random&), uint64_t seed, double scale = 1) {
  Random random(seed);
  Data data(6, std::vector<float>(3000));
  for (auto& sample : data) {
    for (float& v : sample) v = static_cast<float>(draw(random) * scale);
  }
  return data;
}

double normal(Random& r) { return r.normal(); }
double relu(Random& r) { return std::max(0.0, r.normal()); }
double relu6(Random& r) { return std::clamp(r.normal() * 4, 0.0, 6.0); }
double heavy(Random& r) { return std::pow(r.normal(), 5); }
double silu(Random& r) {
  const double x = 4 * r.normal();
  return x / (1 + std::exp(-x));
}
double negative(Random& r) { return -1 - r.uniform(); }

const std::vector<double (*)(Random&)> kShapes = {normal, relu, relu6, heavy, silu, negative};

ObservedTensor observe(const Data& data) {
  Observer observer({.histogram = true, .sampled = 0});
  for (const auto& s : data) observer.observe(s.data(), static_cast<int64_t>(s.size()));
  return observer.result();
}

class EveryCalibrator : public testing::TestWithParam<const Calibrator*> {
 protected:
  Range range(const ObservedTensor& observed, const QuantSpec& spec) const {
    return GetParam()->range(observed, spec, OptionValues(GetParam()->name, GetParam()->options));
  }
};

TEST_P(EveryCalibrator, IsRegisteredUnderItsName) {
  EXPECT_EQ(&find_calibrator(GetParam()->name), GetParam());
  EXPECT_FALSE(GetParam()->summary.empty());
}

TEST_P(EveryCalibrator, RangeHoldsZeroAndStaysInsideTheObservedOne) {
  for (const auto shape : kShapes) {
    const ObservedTensor observed = observe(samples(shape, 11));
    for (const QuantSpec& spec : kSpecs) {
      const Range chosen = range(observed, spec);
      EXPECT_LE(chosen.min, 0);
      EXPECT_GE(chosen.max, 0);
      EXPECT_LT(chosen.min, chosen.max);
      const float slack = 0.0101F * (std::max(observed.max, 0.0F) - std::min(observed.min, 0.0F));
      EXPECT_GE(chosen.min, std::min(observed.min, 0.0F) - slack);
      EXPECT_LE(chosen.max, std::max(observed.max, 0.0F) + slack);
      const Grid grid = encode_range(chosen, spec);
      float zero = 0;
      fake_quantize(&zero, &zero, 1, grid);
      EXPECT_EQ(zero, 0.0F);
    }
  }
}

TEST_P(EveryCalibrator, EightBitsKeepWellBehavedDataAtThirtyDecibels) {
  for (const auto shape : {normal, relu, relu6, silu, negative}) {
    const Data data = samples(shape, 12);
    const Grid grid = encode_range(range(observe(data), {.bits = 8}), {.bits = 8});
    double signal = 0;
    double noise = 0;
    for (const auto& sample : data) {
      std::vector<float> rounded(sample.size());
      fake_quantize(sample.data(), rounded.data(), static_cast<int64_t>(sample.size()), grid);
      for (size_t i = 0; i < sample.size(); ++i) {
        signal += std::pow(static_cast<double>(sample[i]), 2);
        noise += std::pow(static_cast<double>(sample[i] - rounded[i]), 2);
      }
    }
    EXPECT_GT(10 * std::log10(signal / noise), 30);
  }
}

TEST_P(EveryCalibrator, OrderAndWorkersDoNotMatter) {
  for (const auto shape : kShapes) {
    Data data = samples(shape, 13);
    for (float& v : data[0]) v *= 0.01F;
    const ObservedTensor whole = observe(data);
    Observer first;
    Observer second;
    for (size_t i = data.size(); i-- > 0;) {
      (i % 3 == 0 ? first : second).observe(data[i].data(), static_cast<int64_t>(data[i].size()));
    }
    second.merge(first);
    for (const QuantSpec& spec : kSpecs)
      EXPECT_EQ(range(whole, spec), range(second.result(), spec));
  }
}

TEST_P(EveryCalibrator, ScaledDataGiveTheScaledRange) {
  for (const auto shape : kShapes) {
    const ObservedTensor one = observe(samples(shape, 14));
    const ObservedTensor big = observe(samples(shape, 14, 1024));
    const ObservedTensor odd = observe(samples(shape, 14, 1.37));
    for (const QuantSpec& spec : kSpecs) {
      const Range a = range(one, spec);
      const Range b = range(big, spec);  // a power of two: the same bins, so the same choice
      EXPECT_FLOAT_EQ(b.min, a.min * 1024);
      EXPECT_FLOAT_EQ(b.max, a.max * 1024);
      // Other bins: about the same, unless many ranges are about as good.
      if (spec.bits != 8 || shape == heavy) continue;
      const Range c = range(odd, spec);
      const float width = a.max - a.min;
      EXPECT_NEAR((c.max - c.min) / 1.37F / width, 1, 0.15) << a.min << " " << a.max;
    }
  }
}

TEST_P(EveryCalibrator, OddTensorsGiveUsableGrids) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<std::vector<float>> tensors = {{0, 0, 0, 0},     {3, 3, 3, 3},
                                                   {-2, -2, -2},     {1e38F, -1e38F, 3e38F},
                                                   {1e-40F, 2e-40F}, {std::nanf(""), 1, 2},
                                                   {infinity, 5},    {-infinity, infinity},
                                                   {std::nanf("")},  {},
                                                   {0, 0, 0, 1e30F}};
  for (const std::vector<float>& tensor : tensors) {
    const ObservedTensor observed = observe({tensor});
    for (const QuantSpec& spec : kSpecs) {
      const Range chosen = range(observed, spec);
      EXPECT_TRUE(std::isfinite(chosen.min) && std::isfinite(chosen.max));
      EXPECT_LE(chosen.min, 0);
      EXPECT_GE(chosen.max, 0);
      const Grid grid = encode_range(chosen, spec);
      EXPECT_TRUE(std::isfinite(grid.scale));
      EXPECT_GE(grid.scale, kMinimumScale);
    }
  }
}

TEST_P(EveryCalibrator, AConstantIsKept) {
  const ObservedTensor observed = observe({{3, 3, 3, 3}});
  for (const QuantSpec& spec : kSpecs) {
    float value = 3;
    const Grid grid = encode_range(range(observed, spec), spec);
    fake_quantize(&value, &value, 1, grid);
    EXPECT_NEAR(value, 3, 0.51F * grid.scale);
    EXPECT_NEAR(value, 3, 0.03);
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryCalibrator,
                         testing::ValuesIn(all_calibrators().begin(), all_calibrators().end()),
                         [](const auto& test) {
                           std::string name(test.param->name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Calibrators, AnUnknownNameListsTheKnownOnes) {
  try {
    find_calibrator("minmax");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_NE(std::string(error.what()).find("min-max, percentile, mse"), std::string::npos);
  }
}

}  // namespace
}  // namespace edgeopt
