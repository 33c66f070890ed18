// EDGEOPT_SIMD before a function with a plain loop: compiled for wider vectors too, chosen at load
// by what the machine has. Without contraction all versions give the same bits; transcendental.cpp
// alone is compiled with it.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define EDGEOPT_SIMD __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EDGEOPT_SIMD
#endif
