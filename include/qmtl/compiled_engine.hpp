#pragma once
// SPDX-License-Identifier: Apache-2.0
// For programs of several source files: the engine of all quantum heads, compiled in one of them.

#include <type_traits>
#include <vector>

#include "qmtl/engine/head_cones.hpp"
#include "qmtl/engine/lane_backend.hpp"
#include "qmtl/engine/parallel_backend.hpp"

// A file that includes this header leaves the engine to another one, which includes it as well and says
//
//     QMTL_COMPILE_ENGINE(double);
//
// and `float` too, there or in a second such file, if there are heads of that precision. All must have the same flags.
// The CMake targets qmtl::compiled and qmtl::compiled_float do that for whoever links them, whatever is included: they
// define QMTL_COMPILED_DOUBLE and QMTL_COMPILED_FLOAT, and then only that precision is left to another file.

#ifdef QMTL_COMPILE_ENGINE
#error "qmtl: write QMTL_COMPILE_ENGINE(double); behind #include <qmtl/compiled_engine.hpp>, not a macro before it"
#endif

#define QMTL_ENGINE_INSTANCES(Prefix, S)                                  \
  Prefix template class ParallelBackend<S, LaneBackend<S, false, false>>; \
  Prefix template class ParallelBackend<S, LaneBackend<S, false, true>>;  \
  Prefix template class ParallelBackend<S, LaneBackend<S, true, false>>;  \
  Prefix template class ParallelBackend<S, LaneBackend<S, true, true>>;   \
  Prefix template std::vector<HeadCone<S>> head_cones(const HeadProgram<S>&);

/// The engine for heads of precision S (double or float), compiled here. At namespace scope.
#define QMTL_COMPILE_ENGINE(S)              \
  namespace qmtl::inline QMTL_ABI::detail { \
  QMTL_ENGINE_INSTANCES(, S)                \
  }                                         \
  static_assert(std::is_floating_point_v<S>, "qmtl: the precision is double or float")

namespace qmtl::inline QMTL_ABI::detail {

#if defined(QMTL_COMPILED_DOUBLE) || !defined(QMTL_COMPILED_FLOAT)
QMTL_ENGINE_INSTANCES(extern, double)
#endif
#if defined(QMTL_COMPILED_FLOAT) || !defined(QMTL_COMPILED_DOUBLE)
QMTL_ENGINE_INSTANCES(extern, float)
#endif

}  // namespace qmtl::inline QMTL_ABI::detail
