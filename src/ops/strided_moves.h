// Operators that only move elements: each says which elements of which input go where, and
// `compute` and the engine's kernels follow from that, in any layout.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "ops/kernel.h"
#include "ops/op.h"

namespace edgeopt {

// Element (i, j, ...) of `shape` is taken from place from_offset + i from[0] + j from[1] + ... of
// the input and put at place to_offset + i to[0] + j to[1] + ... of the output, in elements.
struct Move {
  size_t input = 0;
  size_t output = 0;
  Shape shape;
  std::vector<int64_t> from;
  std::vector<int64_t> to;
  int64_t from_offset = 0;
  int64_t to_offset = 0;
};

// In elements, of each axis of the tensor as it lies in memory: by its layout.
std::vector<int64_t> strides_of(const Tensor& tensor);

// The moves of a node. Called with tensors in any layout, whose elements may not be there yet
// unless they are constants; the strides must come from strides_of(). None: it is more than moves.
using MovesOf = std::vector<Move> (*)(ComputeContext&);

void run_moves(ComputeContext& c, MovesOf moves_of);

// A kernel that does the same; nullptr if it is more than moves, and unless the inputs from
// `parameters` on are constant, as `moves_of` reads their elements. Outputs are filled with zeros
// first if `zeros`.
std::unique_ptr<Kernel> plan_moves(const PrepareContext& context, MovesOf moves_of,
                                   size_t parameters, bool zeros = false);

// All that a kernel of moves does.
struct MovePlan {
  DataType type = DataType::kUndefined;
  int64_t output_count = 0;                 // elements of output 0
  std::vector<Move> moves = {};             // of whole elements; none without elements
  std::vector<Tensor> constants = {};       // by input of the node; empty: given to run()
  bool zeros = false;                       // output 0 is filled with zeros first
  std::vector<EpilogueStep> epilogue = {};  // on output 0; operands stand behind the node's inputs
};

std::unique_ptr<Kernel> moves_kernel(MovePlan plan);

// The elements of a tensor of that shape from one layout to the other.
MovePlan relayout_plan(DataType type, const Shape& shape, Layout from, Layout to);

// compute() and prepare() of an operator whose output is what `kMovesOf` says, all of it.
template <MovesOf kMovesOf>
void compute_moves(ComputeContext& c) {
  run_moves(c, kMovesOf);
}

constexpr size_t kNoParameters = SIZE_MAX;

template <MovesOf kMovesOf, size_t kParameters = 1>
std::unique_ptr<Kernel> prepare_moves(const PrepareContext& context) {
  return plan_moves(context, kMovesOf, kParameters);
}

}  // namespace edgeopt
