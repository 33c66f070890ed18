// The planned kernel of MaxPool, AveragePool and their global forms.
#pragma once

#include <memory>

#include "kernels/pooling.h"
#include "ops/kernel.h"

namespace edgeopt {

// nullptr for other types than float, other layouts than channels-last and a second output.
// `pooling` needs kind, window and include_pad.
std::unique_ptr<Kernel> prepare_pooling(const PrepareContext& context, Pooling pooling);

}  // namespace edgeopt
