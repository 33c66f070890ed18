#include "quant/distribution.h"

#include <algorithm>
#include <cmath>

namespace edgeopt {
namespace {

// An end's bin that is cut to less than this share of its width is a point mass.
constexpr double kPointShare = 1.0 / 16;

double clamped_error(double value, const Grid& grid) {
  const auto x = static_cast<float>(value);
  float y = 0;
  fake_quantize(&x, &y, 1, grid);
  const double difference = value - static_cast<double>(y);
  return difference * difference;
}

}  // namespace

Distribution::Distribution(const ObservedTensor& observed)
    : width_(observed.counts.empty() ? 1 : observed.width),
      first_edge_(static_cast<double>(observed.first) * observed.width),
      range_{std::min(observed.min, 0.0F), std::max(observed.max, 0.0F)},
      zeros_(static_cast<double>(observed.zeros)) {
  bins_.reserve(observed.counts.size());
  cumulated_.reserve(observed.counts.size() + 1);
  cumulated_.emplace_back();
  for (size_t i = 0; i < observed.counts.size(); ++i) {
    const double edge = first_edge_ + static_cast<double>(i) * width_;
    const double start = std::max<double>(edge, observed.min);
    const double end = std::max(start, std::min<double>(edge + width_, observed.max));
    auto count = static_cast<double>(observed.counts[i]);
    total_ += count;
    if (end - start < kPointShare * width_) {
      (observed.max < edge + width_ ? at_max_ : at_min_) += count;
      count = 0;
    }
    bins_.push_back({start, end, count > 0 ? count / (end - start) : 0});
    cumulated_.push_back(cumulated_.back());
    add(cumulated_.back(), bins_.back(), end);
  }
}

// Adds the part of a bin below `end`.
void Distribution::add(Moments& moments, const Bin& bin, double end) {
  const double a = bin.start;
  moments.mass += bin.density * (end - a);
  moments.first += bin.density * (end * end - a * a) / 2;
  moments.second += bin.density * (end * end * end - a * a * a) / 3;
}

Distribution::Moments Distribution::below(double x) const {
  const double place = (x - first_edge_) / width_;
  if (!(place > 0)) return {};
  if (place >= static_cast<double>(bins_.size())) return cumulated_.back();
  const auto index = static_cast<size_t>(place);
  Moments moments = cumulated_[index];
  const Bin& bin = bins_[index];
  if (bin.density > 0) add(moments, bin, std::clamp(x, bin.start, bin.end));
  return moments;
}

double Distribution::squared_error(const Moments& low, const Moments& high, double value) {
  const double mass = high.mass - low.mass;
  if (mass <= 0) return 0;
  const double sum =
      high.second - low.second - 2 * value * (high.first - low.first) + value * value * mass;
  return std::max(0.0, sum);
}

double Distribution::rounding_error(const Grid& grid, double clipping, double limit) const {
  const double scale = grid.scale;
  const double lowest = (grid.low - grid.zero_point) * scale;
  const double highest = (grid.high - grid.zero_point) * scale;
  Moments before = below(lowest);
  if (scale < 2 * width_) {  // a step lies within bins: the error is uniform
    return scale * scale / 12 * std::max(0.0, below(highest).mass - before.mass);
  }
  const auto level_at = [&](double x) { return std::floor(x / scale + 0.5); };
  const double first = level_at(std::clamp<double>(range_.min, lowest, highest));
  const double last = level_at(std::clamp<double>(range_.max, lowest, highest));
  double error = 0;
  for (double level = first; level <= last && clipping + error < limit; ++level) {
    const Moments after = below(std::min((level + 0.5) * scale, highest));
    error += squared_error(before, after, level * scale);
    before = after;
  }
  return error;
}

double Distribution::error(const Grid& grid, double clipping_weight, double limit) const {
  const Range kept = represented(grid);
  double clipping = squared_error({}, below(kept.min), kept.min) +
                    squared_error(below(kept.max), cumulated_.back(), kept.max);
  double points = 0;
  for (const auto& [value, mass] :
       {std::pair{range_.min, at_min_}, std::pair{range_.max, at_max_}}) {
    if (mass == 0) continue;
    const bool inside = value >= kept.min && value <= kept.max;
    (inside ? points : clipping) += mass * clamped_error(value, grid);
  }
  clipping *= clipping_weight;
  return clipping + (rounding_error(grid, clipping, limit) + points);
}

float Distribution::quantile(double share) const {
  if (share <= 0) return range_.min;  // the ends may not be among the elements of the histogram
  if (share >= 1) return range_.max;
  const double wanted = share * (total_ + zeros_);
  double seen = at_min_;
  double place = range_.min;
  bool past_zero = false;
  for (const Bin& bin : bins_) {
    if (seen >= wanted) return static_cast<float>(place);
    if (!past_zero && bin.start >= 0) {
      past_zero = true;
      seen += zeros_;
      place = 0;
      if (seen >= wanted) return 0;
    }
    const double count = bin.density * (bin.end - bin.start);
    if (count == 0) continue;
    if (seen + count >= wanted) {
      return static_cast<float>(bin.start + (wanted - seen) / bin.density);
    }
    seen += count;
    place = bin.end;
  }
  return seen >= wanted ? static_cast<float>(place) : range_.max;
}

}  // namespace edgeopt
