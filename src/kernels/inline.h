// EDGEOPT_INLINE: for functions on vectors, which must become part of a caller that is compiled for
// the instructions that they need.
#pragma once

#define EDGEOPT_INLINE inline __attribute__((always_inline))
