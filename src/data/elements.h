// Stored arrays to tensors of the type that a model wants.
#pragma once

#include <string>
#include <string_view>

#include "data/data_source.h"

namespace edgeopt {

// `bytes` holds elements of type `from` in row-major order, little-endian. Converted to the
// input's type; to integers only where nothing is lost. Throws Error(kBadInput) naming `name` when
// the count differs from the input's or a value does not fit.
Tensor to_input(std::string_view bytes, DataType from, const InputSpec& input,
                const std::string& name);

// The same for a tensor, whose shape may differ from the input's in a leading batch of 1 only.
Tensor to_input(const Tensor& tensor, const InputSpec& input, const std::string& name);

}  // namespace edgeopt
