// How large a tensor may be.
#pragma once

#include <cstddef>

namespace edgeopt {

// A tensor that is made (not mapped from a file) may have so many bytes. What promises more is a
// defect of the model, or nothing for a small device: it is refused before any memory is taken.
inline constexpr size_t kMaxTensorBytes = size_t{1} << 32;

}  // namespace edgeopt
