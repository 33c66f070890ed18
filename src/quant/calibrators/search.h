// The search for the range of least cost that the calibrators `mse` and `entropy` share.
#pragma once

#include <functional>

#include "quant/encoding.h"

namespace edgeopt {

// Cost of quantizing with a grid; lower is better. What is not below `limit` need not be exact.
using GridCost = std::function<double(const Grid& grid, double limit)>;

// Ends at most those of `widest` (which holds zero), each shrunk by a factor of its own, down to
// 2^-12; both by the same factor when the spec is symmetric. A sweep in steps of 2^(1/4) for each
// end and for both, then ever smaller steps from the best, down to 2^(1/64). Of equal costs the
// wider range wins.
Range search_range(Range widest, const QuantSpec& spec, const GridCost& cost);

}  // namespace edgeopt
