#include "quant/calibrators/search.h"

#include <array>
#include <cmath>
#include <limits>
#include <span>

namespace edgeopt {
namespace {

constexpr double kCoarse = 0.25;  // in powers of two
constexpr double kFine = 1.0 / 64;
constexpr double kDeepest = 12;

class Search {
 public:
  Search(Range widest, const QuantSpec& spec, const GridCost& cost)
      : widest_(widest),
        spec_(spec),
        cost_(cost),
        best_cost_(cost(encode_range(widest, spec), std::numeric_limits<double>::infinity())) {}

  Range run() {
    const bool two_ends = !spec_.symmetric && widest_.min < 0 && widest_.max > 0;
    const std::array both = {Direction{1, 1}};
    const std::array all = {Direction{0, 1}, Direction{1, 0}, Direction{1, 1}};
    const std::span<const Direction> directions =
        two_ends ? std::span<const Direction>(all) : std::span<const Direction>(both);
    for (const Direction& direction : directions) sweep(direction);
    for (double step = kCoarse / 2; step >= kFine; step /= 2) {
      while (improve(directions, step)) {
      }
    }
    return at(best_);
  }

 private:
  struct Depth {  // how far each end is shrunk, in powers of two
    double min = 0;
    double max = 0;
  };
  using Direction = Depth;

  Range at(const Depth& depth) const {
    return {widest_.min * static_cast<float>(std::exp2(-depth.min)),
            widest_.max * static_cast<float>(std::exp2(-depth.max))};
  }

  bool try_depth(const Depth& depth) {
    if (depth.min < 0 || depth.max < 0 || depth.min > kDeepest || depth.max > kDeepest) {
      return false;
    }
    const double cost = cost_(encode_range(at(depth), spec_), best_cost_);
    if (!(cost < best_cost_)) return false;
    best_cost_ = cost;
    best_ = depth;
    return true;
  }

  // Along one direction from the best so far, at most to kDeepest.
  void sweep(const Direction& direction) {
    const Depth start = best_;
    for (double d = kCoarse; d <= kDeepest; d += kCoarse) {
      try_depth({start.min + d * direction.min, start.max + d * direction.max});
    }
  }

  bool improve(std::span<const Direction> directions, double step) {
    bool improved = false;
    for (const Direction& direction : directions) {
      for (const double sign : {-1.0, 1.0}) {
        const double d = sign * step;
        improved =
            try_depth({best_.min + d * direction.min, best_.max + d * direction.max}) || improved;
      }
    }
    return improved;
  }

  Range widest_;
  QuantSpec spec_;
  const GridCost& cost_;
  Depth best_;
  double best_cost_;
};

}  // namespace

Range search_range(Range widest, const QuantSpec& spec, const GridCost& cost) {
  return Search(widest, spec, cost).run();
}

}  // namespace edgeopt
