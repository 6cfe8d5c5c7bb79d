#pragma once
// SPDX-License-Identifier: Apache-2.0
// Compiler-dependent spellings: the only header that defines QMTL_ macros besides version.hpp.

#include <cassert>

/// Precondition of an inner loop: checked in debug builds only. User data is checked by exceptions instead.
#define QMTL_ASSERT(condition) assert(condition)

#if !defined(__GNUC__) && !defined(__clang__)
#error "qmtl: g++ or clang++ is needed: the kernels use their vector extensions"
#endif
#if defined(__FAST_MATH__)
#error "qmtl: compile without -ffast-math: it breaks NaN as a missing label and the reduction of angles"
#endif

#define QMTL_ALWAYS_INLINE inline __attribute__((always_inline))
#define QMTL_RESTRICT __restrict__
