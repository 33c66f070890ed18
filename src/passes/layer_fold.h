// Folds y = scale[c] * x + shift[c], one pair for each channel, into the weights and the bias of a
// layer before or behind it. In double precision, stored as float.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "edgeopt/graph.h"
#include "ops/layer.h"

namespace edgeopt {

struct ChannelAffine {
  std::vector<double> scale;
  std::vector<double> shift;
  bool has_shift() const;
};

// x after `first`, then `second`; both of the same number of channels.
ChannelAffine then(const ChannelAffine& first, const ChannelAffine& second);

int64_t output_channels(const Graph& graph, const Layer& layer);
int64_t input_channels(const Graph& graph, const Layer& layer);

// The affine map of an Add, Sub, Mul or Div of input `input` with a float constant that is the same
// for all elements of a channel; `axis` of `rank` counts the channels. nullopt for all else.
std::optional<ChannelAffine> affine_of(const Graph& graph, NodeId id, size_t input,
                                       int64_t channels, int64_t axis, int64_t rank);

// Calls f(output channel, input channel, index of the first element, number of elements) for each
// run of elements of the weight that belong to one pair of channels.
template <typename F>
void for_each_weight(const Graph& graph, const Layer& layer, F&& f) {
  const Shape& shape = graph.constant(layer.weight)->shape();
  const auto row_axis = static_cast<size_t>(std::min(layer.output_axis, layer.input_axis));
  const size_t column_axis = row_axis + 1;
  int64_t outer = 1;
  for (size_t i = 0; i < row_axis; ++i) outer *= shape[i];
  int64_t run = 1;
  for (size_t i = column_axis + 1; i < shape.size(); ++i) run *= shape[i];
  const int64_t rows = shape[row_axis];
  const int64_t columns = shape[column_axis];
  // The weight holds all rows, but of the columns those of the row's group only.
  const int64_t rows_of_group = std::max<int64_t>(rows / layer.groups, 1);
  int64_t offset = 0;
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t column = 0; column < columns; ++column, offset += run) {
        const int64_t other = row / rows_of_group * columns + column;
        layer.output_axis < layer.input_axis ? f(row, other, offset, run)
                                             : f(other, row, offset, run);
      }
    }
  }
}

// Whether an affine behind the layer can be folded. A bias must be absent or a constant of one
// number for each channel or for all. A MatMul takes a shift only where its input has rank 2
// (`input_rank`; -1: not known): it becomes a Gemm.
bool can_fold_behind(const Graph& graph, const Layer& layer, const ChannelAffine& affine,
                     int64_t input_rank);
// `affine` has output_channels() entries.
void fold_behind(Graph& graph, const Layer& layer, const ChannelAffine& affine);

// Whether an affine in front of the layer can be folded: padding would see the shift.
bool can_fold_before(const Graph& graph, const Layer& layer, const ChannelAffine& affine,
                     int64_t input_rank);
// `affine` has input_channels() entries.
void fold_before(Graph& graph, const Layer& layer, const ChannelAffine& affine);

}  // namespace edgeopt
