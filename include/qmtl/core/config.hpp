#pragma once
// SPDX-License-Identifier: Apache-2.0
// Compiler-dependent spellings: the only header that defines QMTL_ macros besides version.hpp.

#include <cassert>

/// Precondition of an inner loop: checked in debug builds only. User data is checked by exceptions instead.
#define QMTL_ASSERT(condition) assert(condition)

#if __cplusplus < 202002L
#error "qmtl: compile with -std=c++20 or newer; the CMake target qmtl::qmtl does"
#endif
#if !defined(__GNUC__) && !defined(__clang__)
#error "qmtl: g++ or clang++ is needed: the kernels use their vector extensions"
#endif
#if defined(_WIN32)
#error "qmtl: Windows is not supported: files are written by POSIX calls; WSL and Cygwin have them"
#endif
#if __SIZEOF_POINTER__ < 8
#error "qmtl: a 64-bit target is needed: states and files have sizes beyond 32 bits"
#endif
#if !defined(__cpp_exceptions)
#error "qmtl: compile with -fexceptions: wrong shapes, values and files are reported by exceptions"
#endif
#if __FINITE_MATH_ONLY__
#error "qmtl: compile without -ffinite-math-only, which -ffast-math and -Ofast contain: NaN is a missing label here"
#endif

// As Eigen does; some C headers have them, as functions' names they would break std::min and std::max.
#undef min
#undef max

// The bytes of the widest vector register, and the inline namespace that carries them: layouts depend on it, so that
// what was compiled for another width has to have other names, and does not link.
#if defined(__AVX512F__)
#define QMTL_VECTOR_BYTES 64
#define QMTL_ABI v512
#elif defined(__AVX__)
#define QMTL_VECTOR_BYTES 32
#define QMTL_ABI v256
#else  // SSE2, NEON
#define QMTL_VECTOR_BYTES 16
#define QMTL_ABI v128
#endif

#define QMTL_ALWAYS_INLINE inline __attribute__((always_inline))
#define QMTL_RESTRICT __restrict__
// A result that looks at the object or argument: clang++ warns where that is a temporary.
#if defined(__clang__)
#define QMTL_LIFETIME_BOUND [[clang::lifetimebound]]
#else
#define QMTL_LIFETIME_BOUND
#endif
#define QMTL_COLD __attribute__((cold, noinline))  // for what runs once, or before an exception
