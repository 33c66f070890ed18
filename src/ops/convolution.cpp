#include "ops/convolution.h"

#include "base/format.h"

namespace edgeopt {

ConvolutionShape convolution_shape(const Node& node, const Shape& x, const Shape& w,
                                   const Complain& bad) {
  const size_t rank = spatial_rank(x, node, bad);
  if (w.size() != x.size()) {
    bad(format("weights of shape {} for an input of shape {}", to_string(w), to_string(x)));
  }
  const std::vector<int64_t> kernel(w.begin() + 2, w.end());
  if (node.find_attribute("kernel_shape") != nullptr &&
      spatial_ints(node, "kernel_shape", rank, 1, 1, bad) != kernel) {
    bad("kernel_shape differs from the weights of shape " + to_string(w));
  }
  ConvolutionShape s;
  s.batch = x[0];
  s.groups = node.int_or("group", 1);
  s.input_channels = x[1];
  s.output_channels = w[0];
  if (s.groups < 1 || s.groups > kLargestWindow || x[1] % s.groups != 0 || w[0] % s.groups != 0 ||
      w[1] != x[1] / s.groups) {
    bad(format("weights of shape {} in {} groups do not fit an input of shape {}", to_string(w),
               s.groups, to_string(x)));
  }
  s.window = read_window(node, x, kernel, bad);
  return s;
}

void require_bias(const InferContext& c, size_t i, int64_t channels) {
  if (!c.has_input(i)) return;
  if (c.shape(i) != Shape{channels}) {
    c.bad(format("a bias of shape {} for {} channels", to_string(c.shape(i)), channels));
  }
  if (c.type(i) != c.type(0)) c.bad("the bias is of another type than the input");
}

}  // namespace edgeopt
