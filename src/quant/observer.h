// Streaming observers: what calibration remembers of a tensor. Memory does not depend on the number
// of samples; the result depends on the samples alone, not on their order, nor on how they are
// spread over observers that are merged at the end.
#pragma once

#include <cstdint>
#include <vector>

namespace edgeopt {

// What calibrators see. Bin i of `counts` holds the elements between (first + i) and
// (first + i + 1) times `width`; exact zeros stand apart. Min and max are exact, of all finite
// elements of all samples; they are 0 where there were none.
struct ObservedTensor {
  float min = 0;
  float max = 0;
  int64_t samples = 0;                // calls of observe
  int64_t not_finite = 0;             // elements left out: NaN, infinities
  double width = 0;                   // a power of two
  int64_t first = 0;                  // negative where there are negative elements
  std::vector<uint64_t> counts = {};  // empty without a histogram
  uint64_t zeros = 0;
};

struct ObserverOptions {
  bool histogram = true;
  // At most about this many elements of one sample of one tensor enter the histogram: of every
  // window of k lines of 16 elements one line, picked by a fixed hash of the window's number, so
  // that no period of the memory layout is preferred. 0: all elements. Min and max see all.
  int64_t sampled = 8192;
};

// One tensor in one worker. Bins are 2^e wide with edges at multiples of that; when the largest
// magnitude outgrows kBins bins, e grows and pairs of bins are added up, which gives the counts
// that the wider bins would have had from the start.
class Observer {
 public:
  static constexpr int kBins = 4096;  // for each sign; half of them or more are in use

  explicit Observer(ObserverOptions options = {}) : options_(options) {}
  // One sample's tensor, in any memory order.
  void observe(const float* data, int64_t count);
  void merge(const Observer& other);
  ObservedTensor result() const;

 private:
  void add_lines(const float* data, int64_t count);
  void add(const float* data, int64_t count);
  void widen(int exponent);
  void carry();

  ObserverOptions options_;
  float min_ = 0;
  float max_ = 0;
  bool any_ = false;
  int64_t samples_ = 0;
  int64_t not_finite_ = 0;
  int exponent_ = 0;               // of the bin width; valid once there are bins
  uint64_t zeros_ = 0;             // these are in bin 0 too
  uint64_t recent_ = 0;            // elements in bins_
  std::vector<uint32_t> bins_;     // kBins for x >= 0, then kBins for x < 0 once there was one
  std::vector<uint64_t> carried_;  // what bins_ held before it might have overflowed
};

}  // namespace edgeopt
