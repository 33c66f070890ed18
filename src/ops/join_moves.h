// Two moves, one behind the other, as one.
#pragma once

#include <optional>

#include "ops/strided_moves.h"

namespace edgeopt {

// From the input of `first` to the output of `second`, which reads what `first` has written:
// all that `second` reads must have been written by `first` alone, `shift` elements further on.
// nullopt where the result is not one move.
std::optional<Move> pulled(const Move& first, const Move& second, int64_t shift);

// The same, where `second` reads all that `first` has written, and more.
std::optional<Move> pushed(const Move& first, const Move& second, int64_t shift);

}  // namespace edgeopt
