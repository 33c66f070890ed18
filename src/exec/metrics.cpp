#include "exec/metrics.h"

#include <algorithm>
#include <cmath>

#include "base/decibels.h"

namespace edgeopt {
namespace {

double per_cent(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

void SqnrMeter::add(const float* reference, const float* value, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const double r = reference[i];
    const double difference = std::abs(r - value[i]);
    signal_ += r * r;
    noise_ += difference * difference;
    max_abs_ = std::max(max_abs_, difference);
    max_reference_ = std::max(max_reference_, std::abs(r));
  }
}

double SqnrMeter::decibels() const {
  if (signal_ == 0.0) return noise_ == 0.0 ? kExactDecibels : 0.0;
  if (noise_ == 0.0) return kExactDecibels;
  return std::min(kExactDecibels, 10.0 * std::log10(signal_ / noise_));
}

int64_t arg_max(const float* values, int64_t count) {
  return std::max_element(values, values + count) - values;
}

void ClassificationMeter::add(const float* scores, int64_t count, int64_t label) {
  ++samples_;
  if (label < 0 || label >= count) return;
  // The rank of the label's score; ties go to the lower index, as arg_max has it.
  int64_t rank = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (scores[i] > scores[label] || (scores[i] == scores[label] && i < label)) ++rank;
  }
  top1_ += rank == 0 ? 1 : 0;
  top5_ += rank < 5 ? 1 : 0;
}

double ClassificationMeter::top1() const { return per_cent(top1_, samples_); }
double ClassificationMeter::top5() const { return per_cent(top5_, samples_); }

}  // namespace edgeopt
