#pragma once
// SPDX-License-Identifier: Apache-2.0
// Compiler-dependent spellings: the only header that defines QMTL_ macros besides version.hpp.

#include <cassert>

/// Precondition of an inner loop: checked in debug builds only. User data is checked by exceptions instead.
#define QMTL_ASSERT(condition) assert(condition)

#if defined(__GNUC__) || defined(__clang__)
#define QMTL_ALWAYS_INLINE inline __attribute__((always_inline))
#define QMTL_RESTRICT __restrict__
#else
#define QMTL_ALWAYS_INLINE inline
#define QMTL_RESTRICT
#endif
