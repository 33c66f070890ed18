// Moves that together fill whole pixels from planes, as a head that folds pixels into channels does
// and the relayout of a picture: done four channels at a time.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ops/strided_moves.h"

namespace edgeopt {

class InterleavedMoves {
 public:
  // nullopt where the moves, which must be simplified, are something else.
  static std::optional<InterleavedMoves> of(const MovePlan& plan);

  void run(std::span<const void* const> inputs, void* output) const;

 private:
  struct Stream {
    size_t input;
    int64_t from;      // offset of the first element
    int64_t from_row;  // from row to row
    int64_t channel;
  };
  // What all streams share.
  struct Form {
    int64_t rows = 1;
    int64_t columns = 0;
    int64_t from_step = 0;  // from column to column
    int64_t pixel = 0;      // the same in the output
    int64_t to_row = 0;
    bool operator==(const Form&) const = default;
  };

  bool add(const Move& move);
  bool fills_pixels();
  void run_columns(std::span<const void* const> inputs, uint32_t* output, int64_t row,
                   int64_t first, int64_t last) const;

  Form form_;
  int64_t offset_ = 0;  // of the first pixel in the output
  std::vector<Stream> streams_;
};

}  // namespace edgeopt
