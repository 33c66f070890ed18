// DepthToSpace, SpaceToDepth: blocks of channels become blocks of pixels, and back.
#include "base/format.h"
#include "ops/op.h"
#include "ops/strided_moves.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

template <typename Context>
int64_t block_size(const Context& c) {
  const int64_t block = c.node().int_or("blocksize", 0);
  constexpr int64_t kLargest = 1 << 16;
  if (block <= 0 || block > kLargest) c.bad(format("blocksize {} is beyond reason", block));
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
  c.set_output(
      0, c.type(0),
      {x[0], x[1] / (block * block), axis_product(x[2], block), axis_product(x[3], block)});
}

void infer_to_depth(InferContext& c) {
  depth_first(c);
  const int64_t block = block_size(c);
  const Shape& x = c.shape(0);
  if (x.size() != 4 || x[2] % block != 0 || x[3] % block != 0) {
    c.bad(format("shape {} does not take blocks of {}", to_string(x), block));
  }
  c.set_output(0, c.type(0), {x[0], axis_product(x[1], block * block), x[2] / block, x[3] / block});
}

// Both operators walk [N, C, H, block row, W, block column]: `fine` has blocks of pixels, `coarse`
// blocks of channels.
struct Walk {
  Shape shape;
  std::vector<int64_t> fine;
  std::vector<int64_t> coarse;
};

Walk walk(ComputeContext& c, const Tensor& fine, const Tensor& coarse) {
  const int64_t block = block_size(c);
  const std::vector<int64_t> f = strides_of(fine);
  const std::vector<int64_t> s = strides_of(coarse);
  const int64_t channels = fine.dim(1);
  const bool outer = depth_first(c);
  const int64_t channel = outer ? s[1] : block * block * s[1];
  const int64_t column = outer ? channels * s[1] : s[1];
  return {{fine.dim(0), channels, coarse.dim(2), block, coarse.dim(3), block},
          {f[0], f[1], block * f[2], f[2], block * f[3], f[3]},
          {s[0], channel, s[2], block * column, s[3], column}};
}

std::vector<Move> moves_to_space(ComputeContext& c) {
  const Walk w = walk(c, c.output(0), c.input(0));
  return {{0, 0, w.shape, w.coarse, w.fine}};
}

std::vector<Move> moves_to_depth(ComputeContext& c) {
  const Walk w = walk(c, c.input(0), c.output(0));
  return {{0, 0, w.shape, w.fine, w.coarse}};
}

constexpr OpTraits kMoves = {
    .positively_homogeneous = true, .data_movement = true, .quantizable = true};

}  // namespace

extern const Operator op_DepthToSpace = {.name = "DepthToSpace",
                                         .domain = "",
                                         .infer = infer_to_space,
                                         .compute = compute_moves<moves_to_space>,
                                         .traits = kMoves,
                                         .prepare = prepare_moves<moves_to_space>};
extern const Operator op_SpaceToDepth = {.name = "SpaceToDepth",
                                         .domain = "",
                                         .infer = infer_to_depth,
                                         .compute = compute_moves<moves_to_depth>,
                                         .traits = kMoves,
                                         .prepare = prepare_moves<moves_to_depth>};

}  // namespace edgeopt
