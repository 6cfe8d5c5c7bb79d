#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which backend a quantum head's method comes to.

#include <type_traits>

#include "qmtl/engine/lane_backend.hpp"
#include "qmtl/engine/parallel_backend.hpp"
#include "qmtl/engine/shift_backend.hpp"
#include "qmtl/head/encoding.hpp"
#include "qmtl/head/head_method.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Whether the start of an encoding is real; one with a `prepare` of its own says so by `real_amplitudes`.
template <class E>
inline constexpr bool prepares_real_state = [] {
  if constexpr (requires { E::real_amplitudes; }) {
    return static_cast<bool>(E::real_amplitudes);
  } else {
    return !PreparesState<E>;
  }
}();

/// A backend, on threads if batches may be split.
template <Scalar S, class Backend>
using OnThreads = std::conditional_t<splits_batches<Backend>, ParallelBackend<S, Backend>, Backend>;

/// The type that evaluates a head: of a method of your own its backend.
template <Scalar S, auto Method, bool IsComplex, bool OneState>
struct HeadRunner {
  using type = OnThreads<S, typename MethodType<Method>::template Backend<S>>;
};
template <Scalar S, HeadMethod Method, bool IsComplex, bool OneState>
struct HeadRunner<S, Method, IsComplex, OneState> {
  using type = ParallelBackend<S, LaneBackend<S, IsComplex, OneState>>;
};
template <Scalar S, bool IsComplex, bool OneState>
struct HeadRunner<S, HeadMethod::shift, IsComplex, OneState> {
  using type = OnThreads<S, ShiftBackend<S>>;
};

/// Whether a method's backend keeps what an encoding without weights makes of a sample.
template <Scalar S, auto Method>
inline constexpr bool caches_encodings = [] {
  if constexpr (own_method<Method>) {
    return CachingBackend<typename MethodType<Method>::template Backend<S>, S>;
  } else {
    return Method != HeadMethod::shift;
  }
}();

}  // namespace qmtl::inline QMTL_ABI::detail

#if defined(QMTL_COMPILED_DOUBLE) || defined(QMTL_COMPILED_FLOAT)
#include "qmtl/compiled_engine.hpp"
#endif
