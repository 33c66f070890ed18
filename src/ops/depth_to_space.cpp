// DepthToSpace, SpaceToDepth: blocks of channels become blocks of pixels, and back.
#include <algorithm>

#include "base/format.h"
#include "ops/movement.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

template <typename Context>
int64_t block_size(const Context& c) {
  const int64_t block = c.node().int_or("blocksize", 0);
  if (block <= 0) c.bad("blocksize is not positive");
  return block;
}

// DCR: the block is the outer part of the channels; CRD: the inner one.
template <typename Context>
bool depth_first(const Context& c) {
  const std::string mode = c.node().string_or("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") c.bad("mode is '" + mode + "', not DCR or CRD");
  return mode == "DCR";
}

void infer_to_space(InferContext& c) {
  const int64_t block = block_size(c);
  const Shape& x = c.shape(0);
  if (x.size() != 4 || x[1] % (block * block) != 0) {
    c.bad(format("shape {} does not take blocks of {}", to_string(x), block));
  }
  depth_first(c);
  c.set_output(0, c.type(0), {x[0], x[1] / (block * block), x[2] * block, x[3] * block});
}

void infer_to_depth(InferContext& c) {
  depth_first(c);
  const int64_t block = block_size(c);
  const Shape& x = c.shape(0);
  if (x.size() != 4 || x[2] % block != 0 || x[3] % block != 0) {
    c.bad(format("shape {} does not take blocks of {}", to_string(x), block));
  }
  c.set_output(0, c.type(0), {x[0], x[1] * block * block, x[2] / block, x[3] / block});
}

void move(ComputeContext& c, const Strided& at) {
  if (!copy_strided(c.input(0), at, c.output(0))) {
    c.unsupported("type " + name_of(c.input(0).type()));
  }
}

// The output walked as [N, C, H, block row, W, block column].
void compute_to_space(ComputeContext& c) {
  const int64_t block = block_size(c);
  const Shape& x = c.input(0).shape();
  const int64_t plane = x[2] * x[3];
  const int64_t channels = x[1] / (block * block);
  const bool outer = depth_first(c);
  const int64_t channel = outer ? plane : block * block * plane;
  const int64_t column = outer ? channels * plane : plane;
  move(c, {{x[0], channels, x[2], block, x[3], block},
           {x[1] * plane, channel, x[3], block * column, 1, column}});
}

// The output walked as [N, block row, block column, C, H, W], or with C before the block.
void compute_to_depth(ComputeContext& c) {
  const int64_t block = block_size(c);
  const Shape& x = c.input(0).shape();
  const int64_t plane = x[2] * x[3];
  Strided at{{x[0], block, block, x[1], x[2] / block, x[3] / block},
             {x[1] * plane, x[3], 1, plane, block * x[3], block}};
  if (!depth_first(c)) {
    std::rotate(at.shape.begin() + 1, at.shape.begin() + 3, at.shape.begin() + 4);
    std::rotate(at.strides.begin() + 1, at.strides.begin() + 3, at.strides.begin() + 4);
  }
  move(c, at);
}

constexpr OpTraits kMoves = {
    .positively_homogeneous = true, .data_movement = true, .quantizable = true};

}  // namespace

extern const Operator op_DepthToSpace = {.name = "DepthToSpace",
                                         .domain = "",
                                         .infer = infer_to_space,
                                         .compute = compute_to_space,
                                         .traits = kMoves};
extern const Operator op_SpaceToDepth = {.name = "SpaceToDepth",
                                         .domain = "",
                                         .infer = infer_to_depth,
                                         .compute = compute_to_depth,
                                         .traits = kMoves};

}  // namespace edgeopt
