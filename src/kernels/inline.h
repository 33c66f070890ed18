// EDGEOPT_INLINE: for functions on vectors, which must become part of a caller that is compiled for
// the instructions that they need.
#pragma once

#define EDGEOPT_INLINE inline __attribute__((always_inline))

// Vectors are passed to functions that are always inlined: how they would be passed is no matter.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"
#endif
