// Accuracy of outputs: top-1 and top-5 against labels, agreement and signal-to-quantization-noise
// ratio against a reference. Streaming: samples come one at a time, in order, so that sums are the
// same for every thread count.
#pragma once

#include <cstdint>
#include <vector>

#include "edgeopt/tensor.h"

namespace edgeopt {

// 10 log10(sum reference^2 / sum (reference - value)^2), in dB.
class SqnrMeter {
 public:
  void add(const float* reference, const float* value, int64_t count);
  // 200 when there is no noise at all, 0 when there is no signal either way.
  double decibels() const;
  double max_abs() const { return max_abs_; }
  double max_reference() const { return max_reference_; }

 private:
  double signal_ = 0;
  double noise_ = 0;
  double max_abs_ = 0;
  double max_reference_ = 0;
};

// Index of the largest element; the first of equals.
int64_t arg_max(const float* values, int64_t count);

class ClassificationMeter {
 public:
  // Scores of one sample. A label outside [0, count) counts as wrong.
  void add(const float* scores, int64_t count, int64_t label);
  int64_t samples() const { return samples_; }
  double top1() const;  // per cent
  double top5() const;

 private:
  int64_t samples_ = 0;
  int64_t top1_ = 0;
  int64_t top5_ = 0;
};

}  // namespace edgeopt
