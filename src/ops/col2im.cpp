// Col2Im: overlapping blocks, each a column, summed into an image.
#include <vector>

#include "base/format.h"
#include "ops/op.h"
#include "tensor/dispatch.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

struct Blocks {
  Shape image;
  Shape block;
  std::vector<int64_t> strides;
  std::vector<int64_t> dilations;
  std::vector<int64_t> pads;
  Shape positions;  // of blocks along each axis
};

template <typename Context>
Blocks blocks_of(const Context& c) {
  Blocks b{c.ints(1), c.ints(2), {}, {}, {}, {}};
  const size_t axes = b.image.size();
  b.strides = c.lengths("strides", std::vector<int64_t>(axes, 1));
  b.dilations = c.lengths("dilations", std::vector<int64_t>(axes, 1));
  b.pads = c.lengths("pads", std::vector<int64_t>(2 * axes, 0));
  if (b.block.size() != axes || b.strides.size() != axes || b.dilations.size() != axes ||
      b.pads.size() != 2 * axes) {
    c.bad("image_shape, block_shape and attributes are not of the same number of axes");
  }
  for (size_t i = 0; i < axes; ++i) {
    if (b.strides[i] < 1 || b.dilations[i] < 1 || b.block[i] < 1 || b.image[i] < 1) {
      c.bad("a size, stride or dilation is not positive");
    }
    const int64_t room = b.image[i] + b.pads[i] + b.pads[i + axes];
    const int64_t reach = axis_product(b.block[i] - 1, b.dilations[i]) + 1;
    b.positions.push_back(room < reach ? 0 : (room - reach) / b.strides[i] + 1);
  }
  return b;
}

void infer(InferContext& c) {
  const Blocks b = blocks_of(c);
  const Shape& x = c.shape(0);
  const int64_t block = element_count(b.block);
  if (x.size() != 3 || x[1] % block != 0 || x[2] != element_count(b.positions)) {
    c.bad(format("shape {} is not of {} blocks of {}", to_string(x), element_count(b.positions),
                 to_string(b.block)));
  }
  Shape shape = {x[0], x[1] / block};
  shape.insert(shape.end(), b.image.begin(), b.image.end());
  c.set_output(0, c.type(0), std::move(shape));
}

// The image place of element `inner` of the block at `position`; -1: in the padding.
int64_t place_of(const Blocks& b, int64_t inner, int64_t position) {
  int64_t place = 0;
  int64_t stride = 1;
  for (size_t axis = b.image.size(); axis-- > 0;) {
    const int64_t at = position % b.positions[axis] * b.strides[axis] +
                       inner % b.block[axis] * b.dilations[axis] - b.pads[axis];
    position /= b.positions[axis];
    inner /= b.block[axis];
    if (at < 0 || at >= b.image[axis]) return -1;
    place += at * stride;
    stride *= b.image[axis];
  }
  return place;
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Blocks b = blocks_of(c);
  const int64_t image = element_count(b.image);
  const int64_t block = element_count(b.block);
  const int64_t positions = element_count(b.positions);
  std::vector<double> sums(static_cast<size_t>(c.output(0).size()), 0.0);
  const bool known = dispatch(x.type(), FloatTypes(), [&]<typename T>(std::type_identity<T>) {
    const T* from = x.data<T>();
    for (int64_t row = 0; row < x.dim(0) * x.dim(1); ++row) {
      for (int64_t position = 0; position < positions; ++position, ++from) {
        const int64_t place = place_of(b, row % block, position);
        if (place < 0) continue;
        sums[static_cast<size_t>(row / block * image + place)] += static_cast<Wide<T>>(*from);
      }
    }
    T* to = c.output(0).mutable_data<T>();
    for (const double sum : sums) *to++ = static_cast<T>(static_cast<Wide<T>>(sum));
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

}  // namespace

extern const Operator op_Col2Im = {.name = "Col2Im",
                                   .domain = "",
                                   .infer = infer,
                                   .compute = compute,
                                   .traits = {.positively_homogeneous = true}};

}  // namespace edgeopt
