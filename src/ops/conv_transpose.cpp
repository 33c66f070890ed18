// ConvTranspose: the transpose of a convolution, in groups, with output_padding or output_shape.
#include "base/format.h"
#include "kernels/loops.h"
#include "ops/convolution.h"
#include "ops/float_kernel.h"
#include "ops/op.h"
#include "tensor/dispatch.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

// What the windows cover when they stand on every element of x.
int64_t covered(const Window& w, size_t d, int64_t output_padding) {
  return (w.output[d] - 1) * w.stride[d] + output_padding + (w.kernel[d] - 1) * w.dilation[d] + 1;
}

// Pads so that the output is of size `wanted`; the odd element at the end for SAME_UPPER, otherwise
// at the start. An output larger than what the windows cover ends in elements without input.
void pad_to(Window& w, size_t d, int64_t wanted, int64_t output_padding, bool upper) {
  const int64_t total = std::max<int64_t>(0, covered(w, d, output_padding) - wanted);
  w.before[d] = upper ? total / 2 : total - total / 2;
  w.after[d] = total - w.before[d];
  w.input[d] = wanted;
}

// window.input is y's space and window.output x's.
void set_sizes(const Node& node, const Spatial& adjust, size_t rank, Window& w,
               const Complain& bad) {
  const std::string automatic = node.string_or("auto_pad", "NOTSET");
  const bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  if (!same && automatic != "NOTSET" && automatic != "VALID") {
    bad("auto_pad is '" + automatic + "', not NOTSET, VALID, SAME_UPPER or SAME_LOWER");
  }
  const bool given = !node.ints_or("output_shape", {}).empty();
  std::vector<int64_t> wanted = node.ints_or("output_shape", {});
  if (wanted.size() == rank + 2) wanted.erase(wanted.begin(), wanted.begin() + 2);
  if (given && wanted.size() != rank) bad("output_shape does not have a number for each dimension");
  std::vector<int64_t> pads = spatial_ints(node, "pads", 2 * rank, 0, 0, bad);
  if (automatic == "VALID") pads.assign(2 * rank, 0);
  for (size_t i = 0; i < rank; ++i) {
    const size_t d = 3 - rank + i;
    if (given || same) {
      const int64_t size = given ? to_axis_length(wanted[i]) : w.output[d] * w.stride[d];
      pad_to(w, d, size, adjust[d], automatic == "SAME_UPPER");
    } else {
      w.before[d] = pads[i];
      w.after[d] = pads[rank + i];
      w.input[d] = covered(w, d, adjust[d]) - pads[i] - pads[rank + i];
    }
    if (w.input[d] < 0 || w.input[d] > 4 * kLargestWindow) {
      bad(format("the output's dimension {} would be {}", i + 2, w.input[d]));
    }
  }
}

ConvolutionShape transposed_shape(const Node& node, const Shape& x, const Shape& w,
                                  const Complain& bad) {
  const size_t rank = spatial_rank(x, node, bad);
  ConvolutionShape s;
  s.transposed = true;
  s.groups = node.int_or("group", 1);
  if (w.size() != x.size() || s.groups < 1 || s.groups > kLargestWindow || w[0] != x[1] ||
      x[1] % s.groups != 0) {
    bad(format("weights of shape {} in {} groups do not fit an input of shape {}", to_string(w),
               s.groups, to_string(x)));
  }
  if (w[1] < 1) bad("weights of shape " + to_string(w) + " have no elements");
  const std::vector<int64_t> kernel(w.begin() + 2, w.end());
  if (node.find_attribute("kernel_shape") != nullptr &&
      spatial_ints(node, "kernel_shape", rank, 1, 1, bad) != kernel) {
    bad("kernel_shape differs from the weights of shape " + to_string(w));
  }
  s.batch = x[0];
  s.input_channels = x[1];
  s.output_channels = w[1] * s.groups;
  Window& window = s.window;
  window.output = to_spatial({x.begin() + 2, x.end()}, 1);
  window.kernel = to_spatial(kernel, 1);
  window.stride = to_spatial(spatial_ints(node, "strides", rank, 1, 1, bad), 1);
  window.dilation = to_spatial(spatial_ints(node, "dilations", rank, 1, 1, bad), 1);
  for (size_t d = 0; d < 3; ++d) {
    const int64_t limit = kLargestWindow;
    if (window.kernel[d] < 1 || window.kernel[d] > limit || window.output[d] > limit ||
        window.output[d] * window.stride[d] > 4 * limit ||
        window.kernel[d] * window.dilation[d] > 4 * limit) {
      bad("a spatial dimension is zero or beyond reason");
    }
  }
  const Spatial adjust = to_spatial(spatial_ints(node, "output_padding", rank, 0, 0, bad), 0);
  set_sizes(node, adjust, rank, window, bad);
  return s;
}

void infer(InferContext& c) {
  if (c.type(1) != c.type(0)) c.bad("the weights are of another type than the input");
  const ConvolutionShape s = transposed_shape(c.node(), c.shape(0), c.shape(1), complain_to(c));
  require_bias(c, 2, s.output_channels);
  c.set_output(0, c.type(0), windowed_shape(c.shape(0), s.output_channels, s.window.input));
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Tensor& w = c.input(1);
  const ConvolutionShape s = transposed_shape(c.node(), x.shape(), w.shape(), complain_to(c));
  if (x.type() == DataType::kFloat && s.weight_size() > 0 && x.size() > 0) {
    return compute_convolution(c, s);
  }
  const bool known = dispatch(x.type(), FloatTypes(), [&]<typename T>(std::type_identity<T>) {
    const T* from = x.data<T>();
    const T* weight = w.data<T>();
    Tensor& y = c.output(0);
    std::vector<Wide<T>> sums(static_cast<size_t>(y.size()));
    transposed_convolution_loop(
        s, [&](int64_t i) { return Wide<T>(from[i]); },
        [&](int64_t i) { return Wide<T>(weight[i]); },
        [&](int64_t i, Wide<T> product) { sums[static_cast<size_t>(i)] += product; });
    const T* bias = c.has_input(2) ? c.input(2).data<T>() : nullptr;
    T* to = y.mutable_data<T>();
    const int64_t plane = product(s.window.input);
    for (int64_t i = 0; i < y.size(); ++i) {
      const Wide<T> sum = sums[static_cast<size_t>(i)];
      to[i] = static_cast<T>(bias != nullptr ? sum + bias[i / plane % s.output_channels] : sum);
    }
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

std::unique_ptr<Kernel> prepare(const PrepareContext& c) {
  return prepare_convolution(
      c, transposed_shape(*c.node, c.inputs[0].shape, c.inputs[1].shape, complain_of(c)));
}

}  // namespace

extern const Operator op_ConvTranspose = {
    .name = "ConvTranspose",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.weight_input = 1, .quantizable = true},
    .prepare = prepare,
};

}  // namespace edgeopt
