#include "ops/window.h"

#include <algorithm>

#include "base/format.h"

namespace edgeopt {
namespace {

// The padding that makes output = ceil(input / stride), the odd element at the end or the start.
void pad_to_same(Window& w, size_t d, bool upper) {
  const int64_t output = (w.input[d] + w.stride[d] - 1) / w.stride[d];
  const int64_t extent = (w.kernel[d] - 1) * w.dilation[d] + 1;
  const int64_t total = std::max<int64_t>(0, (output - 1) * w.stride[d] + extent - w.input[d]);
  w.before[d] = upper ? total / 2 : total - total / 2;
  w.after[d] = total - w.before[d];
}

void read_pads(const Node& node, Window& w, size_t rank, const Complain& bad) {
  const std::string automatic = node.string_or("auto_pad", "NOTSET");
  if (automatic == "NOTSET") {
    const std::vector<int64_t> pads = spatial_ints(node, "pads", 2 * rank, 0, 0, bad);
    for (size_t i = 0; i < rank; ++i) {
      w.before[3 - rank + i] = pads[i];
      w.after[3 - rank + i] = pads[rank + i];
    }
  } else if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
    for (size_t d = 3 - rank; d < 3; ++d) pad_to_same(w, d, automatic == "SAME_UPPER");
  } else if (automatic != "VALID") {
    bad("auto_pad is '" + automatic + "', not NOTSET, VALID, SAME_UPPER or SAME_LOWER");
  }
}

// Windows that would start in the padding behind the input are left out.
int64_t output_size(const Window& w, size_t d, bool ceil, const Complain& bad) {
  const int64_t extent = (w.kernel[d] - 1) * w.dilation[d] + 1;
  const int64_t free = w.input[d] + w.before[d] + w.after[d] - extent;
  if (free < 0) {
    bad(format("the kernel covers {} elements of an input of {} padded by {} and {}", extent,
               w.input[d], w.before[d], w.after[d]));
  }
  int64_t output = free / w.stride[d] + 1;
  if (ceil && free % w.stride[d] != 0 && output * w.stride[d] < w.input[d] + w.before[d]) ++output;
  return output;
}

}  // namespace

std::vector<int64_t> spatial_ints(const Node& node, std::string_view name, size_t rank,
                                  int64_t lowest, int64_t fallback, const Complain& bad) {
  std::vector<int64_t> values = node.ints_or(name, {});
  if (values.empty()) values.assign(rank, fallback);
  if (values.size() != rank) {
    bad(format("{} has {} numbers, {} are needed", name, values.size(), rank));
  }
  for (const int64_t value : values) {
    if (value < lowest || value > kLargestWindow) bad(format("{} contains {}", name, value));
  }
  return values;
}

size_t spatial_rank(const Shape& shape, const Node& node, const Complain& bad) {
  if (shape.size() < 3) bad("the input has the shape " + to_string(shape) + ", not (N, C, ...)");
  if (shape.size() > 5) {
    fail(ErrorCode::kUnsupported, "{} '{}': more than 3 spatial dimensions are not supported",
         node.op_type, node.name);
  }
  return shape.size() - 2;
}

Spatial to_spatial(const std::vector<int64_t>& values, int64_t filler) {
  Spatial spatial = {filler, filler, filler};
  std::copy(values.begin(), values.end(), spatial.end() - static_cast<int64_t>(values.size()));
  return spatial;
}

Window read_window(const Node& node, const Shape& input, const std::vector<int64_t>& kernel,
                   const Complain& bad) {
  const size_t rank = spatial_rank(input, node, bad);
  Window w;
  w.input = to_spatial({input.begin() + 2, input.end()}, 1);
  w.kernel = to_spatial(kernel, 1);
  w.stride = to_spatial(spatial_ints(node, "strides", rank, 1, 1, bad), 1);
  w.dilation = to_spatial(spatial_ints(node, "dilations", rank, 1, 1, bad), 1);
  for (size_t d = 0; d < 3; ++d) {
    if (w.input[d] > kLargestWindow || w.kernel[d] < 1 || w.kernel[d] > kLargestWindow) {
      bad(format("a kernel of {} over {} elements", w.kernel[d], w.input[d]));
    }
  }
  read_pads(node, w, rank, bad);
  const bool ceil = node.int_or("ceil_mode", 0) != 0;
  for (size_t d = 0; d < 3; ++d) w.output[d] = output_size(w, d, ceil, bad);
  return w;
}

std::vector<int64_t> kernel_shape(const Node& node, const Shape& input, const Complain& bad) {
  if (node.find_attribute("kernel_shape") == nullptr) bad("kernel_shape is missing");
  return spatial_ints(node, "kernel_shape", spatial_rank(input, node, bad), 1, 1, bad);
}

Shape windowed_shape(const Shape& input, int64_t channels, const Spatial& output) {
  Shape shape = {input[0], channels};
  shape.insert(shape.end(), output.end() - static_cast<int64_t>(input.size() - 2), output.end());
  return shape;
}

}  // namespace edgeopt
