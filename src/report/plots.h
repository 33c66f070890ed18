// Plots of the report as inline SVG.
#pragma once

#include <string>
#include <vector>

#include "edgeopt/quantize.h"

namespace edgeopt::html {

// Bytes of the files before and after.
std::string size_plot(const QuantizeResult& result);
// Top-1 and top-5, float and quantized; agreement where there are no labels.
std::string accuracy_plot(const AccuracyReport& accuracy);
// One bar for each quantized activation in network order; the worst ones stand out.
std::string sqnr_plot(const std::vector<TensorReport>& tensors);
// Represented and observed range of each quantized activation, in network order, on a scale that
// is linear near zero and logarithmic beyond.
std::string range_plot(const std::vector<TensorReport>& tensors);

// The number of tensors that sqnr_plot marks as the worst.
inline constexpr size_t kWorstMarked = 5;

}  // namespace edgeopt::html
