// Reads a node's window: kernel_shape, strides, dilations, pads, auto_pad, ceil_mode.
#pragma once

#include <functional>
#include <string>

#include "edgeopt/graph.h"
#include "kernels/window.h"

namespace edgeopt {

// Called with the reason when a node is malformed; must throw.
using Complain = std::function<void(const std::string&)>;

// Numbers of a spatial dimension above this are malformed; below it nothing overflows.
constexpr int64_t kLargestWindow = int64_t{1} << 31;

// Attribute `name`: one number for each of `rank` spatial dimensions in [lowest, kLargestWindow],
// `fallback` when it is absent.
std::vector<int64_t> spatial_ints(const Node& node, std::string_view name, size_t rank,
                                  int64_t lowest, int64_t fallback, const Complain& bad);

// The dimensions after the first two; 1 to 3 of them, otherwise Error(kUnsupported).
size_t spatial_rank(const Shape& shape, const Node& node, const Complain& bad);

// `values` behind leading `filler`s.
Spatial to_spatial(const std::vector<int64_t>& values, int64_t filler);

// The window over an input (N, C, spatial...) for a kernel of the spatial sizes `kernel`.
Window read_window(const Node& node, const Shape& input, const std::vector<int64_t>& kernel,
                   const Complain& bad);

// The sizes of attribute kernel_shape, which a pooling operator must have.
std::vector<int64_t> kernel_shape(const Node& node, const Shape& input, const Complain& bad);

// N, channels and the output's spatial sizes, as many as the input has.
Shape windowed_shape(const Shape& input, int64_t channels, const Spatial& output);

// A Complain that calls bad() of an InferContext or a ComputeContext.
template <typename Context>
Complain complain_to(const Context& context) {
  return [&context](const std::string& why) { context.bad(why); };
}

}  // namespace edgeopt
