#include "quant/observer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/sweep.h"

namespace edgeopt {
namespace {

constexpr int kLog2Bins = 12;
static_assert(Observer::kBins == 1 << kLog2Bins);
constexpr int kLowestExponent = -112;  // 2^-e stays a normal float
constexpr int64_t kLine = 16;
constexpr uint64_t kOverflow = uint64_t{1} << 32;

// The smallest width 2^e so that magnitudes up to `largest` fall into kBins bins.
int exponent_for(float largest) {
  if (largest == 0) return kLowestExponent;
  int exponent = 0;
  std::frexp(largest, &exponent);
  return std::max(kLowestExponent, exponent - kLog2Bins);
}

// Evenly spread and without a period: a multiplicative hash of the window's number.
int64_t picked_line(int64_t window, int64_t lines) {
  uint64_t z = static_cast<uint64_t>(window + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 32)) * 0xbf58476d1ce4e5b9ULL;
  return static_cast<int64_t>(((z >> 32) * static_cast<uint64_t>(lines)) >> 32);
}

// Adds pairs of bins, 2^shift to one, within each half of the table.
template <typename T>
void fold(std::vector<T>& bins, int shift) {
  for (size_t half = 0; half < bins.size(); half += Observer::kBins) {
    for (size_t i = 0; i < Observer::kBins; ++i) {
      const T count = bins[half + i];
      bins[half + i] = 0;
      if (shift < kLog2Bins) {
        bins[half + (i >> shift)] += count;
      } else {
        bins[half] += count;
      }
    }
  }
}

}  // namespace

void Observer::observe(const float* data, int64_t count) {
  ++samples_;
  Sweep ends = sweep_ends(data, count);
  if (!ends.all_finite) {
    std::vector<float> finite;
    std::copy_if(data, data + count, std::back_inserter(finite),
                 [](float x) { return std::isfinite(x); });
    const auto kept = static_cast<int64_t>(finite.size());
    not_finite_ += count - kept;
    if (kept == 0) return;
    --samples_;
    return observe(finite.data(), kept);
  }
  if (count == 0) return;
  min_ = any_ ? std::min(min_, ends.min) : ends.min;
  max_ = any_ ? std::max(max_, ends.max) : ends.max;
  any_ = true;
  if (!options_.histogram) return;
  widen(exponent_for(std::max(max_, -min_)));
  add_lines(data, count);
}

void Observer::add_lines(const float* data, int64_t count) {
  const int64_t wanted = options_.sampled == 0 ? count : options_.sampled;
  const int64_t lines = std::max<int64_t>(1, (count + wanted - 1) / wanted);
  if (lines == 1) return add(data, count);
  const int64_t window = lines * kLine;
  std::array<float, 64 * kLine> picked;
  int64_t filled = 0;
  int64_t start = 0;
  for (int64_t w = 0; start + window <= count; ++w, start += window) {
    std::copy_n(data + start + picked_line(w, lines) * kLine, kLine, picked.data() + filled);
    filled += kLine;
    if (filled < static_cast<int64_t>(picked.size())) continue;
    add(picked.data(), filled);
    filled = 0;
  }
  add(picked.data(), filled);
  if (start < count) add(data + start, std::min(kLine, count - start));
}

void Observer::add(const float* data, int64_t count) {
  const auto added = static_cast<uint64_t>(count);
  if (recent_ + added >= kOverflow) carry();
  recent_ += added;
  zeros_ += static_cast<uint64_t>(
      count_bins(data, count, std::ldexp(1.0F, -exponent_), kBins, bins_.data()));
}

// Makes room for the range so far.
void Observer::widen(int exponent) {
  const size_t wanted = min_ < 0 ? 2 * kBins : kBins;
  const bool fresh = bins_.empty();
  if (bins_.size() < wanted) bins_.resize(wanted);
  if (!carried_.empty()) carried_.resize(bins_.size());
  if (fresh) exponent_ = exponent;
  if (exponent <= exponent_) return;
  fold(bins_, exponent - exponent_);
  fold(carried_, exponent - exponent_);
  exponent_ = exponent;
}

void Observer::carry() {
  carried_.resize(bins_.size());
  for (size_t i = 0; i < bins_.size(); ++i) carried_[i] += bins_[i];
  std::fill(bins_.begin(), bins_.end(), 0U);
  recent_ = 0;
}

void Observer::merge(const Observer& other) {
  samples_ += other.samples_;
  not_finite_ += other.not_finite_;
  if (!other.any_) return;
  min_ = any_ ? std::min(min_, other.min_) : other.min_;
  max_ = any_ ? std::max(max_, other.max_) : other.max_;
  any_ = true;
  if (other.bins_.empty()) return;
  widen(exponent_for(std::max(max_, -min_)));
  carry();
  Observer theirs = other;
  theirs.carry();
  fold(theirs.carried_, exponent_ - other.exponent_);
  for (size_t i = 0; i < theirs.carried_.size(); ++i) carried_[i] += theirs.carried_[i];
  zeros_ += other.zeros_;
}

ObservedTensor Observer::result() const {
  ObservedTensor observed{.min = min_, .max = max_, .samples = samples_, .not_finite = not_finite_};
  if (bins_.empty()) return observed;
  std::vector<uint64_t> all(bins_.begin(), bins_.end());
  for (size_t i = 0; i < carried_.size(); ++i) all[i] += carried_[i];
  all[0] -= zeros_;
  observed.zeros = zeros_;
  observed.width = std::ldexp(1.0, exponent_);
  const auto used = [&](float end) {
    return end <= 0 ? 0 : static_cast<int64_t>(end / observed.width) + 1;
  };
  const int64_t above = used(max_);
  const int64_t below = used(-min_);
  observed.first = -below;
  for (int64_t i = below; i-- > 0;) observed.counts.push_back(all[static_cast<size_t>(kBins + i)]);
  observed.counts.insert(observed.counts.end(), all.begin(), all.begin() + above);
  return observed;
}

}  // namespace edgeopt
