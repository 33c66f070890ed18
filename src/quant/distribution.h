// The observed distribution as a density: uniform inside each bin of the histogram, with point
// masses where a bin holds nothing but an end of the range (a clamp). Integrals over it cost O(1).
#pragma once

#include <vector>

#include "quant/encoding.h"
#include "quant/observer.h"

namespace edgeopt {

class Distribution {
 public:
  explicit Distribution(const ObservedTensor& observed);

  bool empty() const { return total_ == 0; }  // nothing but zeros, or no histogram
  double total() const { return total_; }     // elements, exact zeros left out
  Range range() const { return range_; }      // observed, widened to hold zero

  // Squared error of quantization with `grid`, summed over all elements; that of elements which are
  // clamped to its ends times `clipping_weight`. The sum ends where it has reached `limit`: what is
  // not below it is not the whole error.
  double error(const Grid& grid, double clipping_weight, double limit) const;

  // The value below which the share of all elements, zeros included, lies; interpolated in its bin.
  float quantile(double share) const;

 private:
  // Integrals of 1, x and x^2 over the elements below some place, point masses left out.
  struct Moments {
    double mass = 0;
    double first = 0;
    double second = 0;
  };
  struct Bin {
    double start;
    double end;
    double density;
  };
  Moments below(double x) const;
  static void add(Moments& moments, const Bin& bin, double end);
  static double squared_error(const Moments& low, const Moments& high, double value);
  // Of elements inside the range of the grid; ends where `clipping` more reaches the limit.
  double rounding_error(const Grid& grid, double clipping, double limit) const;

  double width_ = 1;
  double first_edge_ = 0;
  Range range_;
  double total_ = 0;
  double zeros_ = 0;
  double at_min_ = 0;  // point masses
  double at_max_ = 0;
  std::vector<Bin> bins_;
  std::vector<Moments> cumulated_;  // below the start of each bin; one more at the end
};

}  // namespace edgeopt
