// What the folders onednn/ and portable/ provide. The build takes one of them.
#pragma once

#include "kernels/convolution.h"
#include "kernels/matmul.h"

namespace edgeopt {

// True where the backend beats the register tiles of tiled/ on this processor.
bool backend_is_faster();

// False where a user keeps the backend from AVX-512 (ONEDNN_MAX_CPU_ISA): kernels of our own obey.
bool may_use_avx512();

// Channels-last layout on both sides, not transposed.
std::unique_ptr<Convolution> make_backend_convolution(const ConvolutionPlan& plan);
// Neither operand transposed.
std::unique_ptr<Matmul> make_backend_matmul(const MatmulPlan& plan);

// Keeps the backend from starting threads in kernels that the calling thread runs.
void single_threaded_kernels();

}  // namespace edgeopt
