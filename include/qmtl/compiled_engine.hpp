#pragma once
// SPDX-License-Identifier: Apache-2.0
// For programs of several source files: the engine of all quantum heads, compiled in one of them.

#include "qmtl/engine/lane_backend.hpp"
#include "qmtl/engine/parallel_backend.hpp"

// A file that includes this header leaves the engine to another one, whose first lines are
//
//     #define QMTL_COMPILE_ENGINE double
//     #include <qmtl/compiled_engine.hpp>
//
// and a second such file with `float` if there are heads of that precision. All must be compiled for the same -march.
// The CMake targets qmtl::compiled and qmtl::compiled_float do that for whoever links them, whatever is included: they
// define QMTL_COMPILED_DOUBLE and QMTL_COMPILED_FLOAT, and then only that precision is left to another file.

#define QMTL_DETAIL_ENGINE(Prefix, S)                                     \
  Prefix template class ParallelBackend<S, LaneBackend<S, false, false>>; \
  Prefix template class ParallelBackend<S, LaneBackend<S, false, true>>;  \
  Prefix template class ParallelBackend<S, LaneBackend<S, true, false>>;  \
  Prefix template class ParallelBackend<S, LaneBackend<S, true, true>>;

namespace qmtl::inline QMTL_ABI::detail {

#ifdef QMTL_COMPILE_ENGINE
QMTL_DETAIL_ENGINE(, QMTL_COMPILE_ENGINE)
#else
#if defined(QMTL_COMPILED_DOUBLE) || !defined(QMTL_COMPILED_FLOAT)
QMTL_DETAIL_ENGINE(extern, double)
#endif
#if defined(QMTL_COMPILED_FLOAT) || !defined(QMTL_COMPILED_DOUBLE)
QMTL_DETAIL_ENGINE(extern, float)
#endif
#endif

}  // namespace qmtl::inline QMTL_ABI::detail

#undef QMTL_DETAIL_ENGINE
