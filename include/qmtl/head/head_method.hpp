#pragma once
// SPDX-License-Identifier: Apache-2.0
// How a quantum head computes: the methods of the library, and what one of your own must have.

#include <concepts>
#include <type_traits>

#include "qmtl/engine/backend.hpp"
#include "qmtl/executor/executor.hpp"

namespace qmtl::inline QMTL_ABI {

/// How a quantum head computes: `window` through reduced density matrices on
/// the whole register, `direct` by simulating each block there, `light_cone`
/// through density matrices on a register for each window's light cone,
/// `automatic` whichever a cost model finds cheapest, `shift` by
/// parameter-shift rules (as a device would; exact here, and slow).
///
/// A value of a type of your own may stand in its place: a struct without members that names a backend,
///
///     struct MyMethod {
///       template <Scalar S>
///       using Backend = MyBackend<S>;  // a HeadBackend<S>, made of a const HeadProgram<S>&
///     };
///
/// used as BasicQuantumHead<double, MyMethod{}, ...>, with any number of qubits. It says `static constexpr bool
/// prepares_states = true` if the backend starts from what HeadProgram::prepare makes of a sample.
enum class HeadMethod { automatic, window, direct, light_cone, shift };

template <Scalar S, Executor E>
class ShiftBackend;

/// The method of a head that an executor runs by parameter shift: BasicQuantumHead<double, ParameterShift<E>{}, ...>.
template <Executor E>
struct ParameterShift {
  template <Scalar S>
  using Backend = ShiftBackend<S, E>;
};

namespace detail {

template <auto Method>
using MethodType = std::remove_const_t<decltype(Method)>;

template <auto Method>
inline constexpr bool own_method = !std::same_as<MethodType<Method>, HeadMethod>;

/// Whether a head's method is this one of the library's.
template <auto Method>
[[nodiscard]] constexpr bool is_method([[maybe_unused]] HeadMethod method) noexcept {
  if constexpr (own_method<Method>) {
    return false;
  } else {
    return Method == method;
  }
}

/// Whether a head's backend takes states that are prepared, and not made of |0...0>.
template <auto Method>
inline constexpr bool takes_prepared_states = !is_method<Method>(HeadMethod::shift) && !own_method<Method>;
template <auto Method>
requires(own_method<Method>&& requires {
  requires MethodType<Method>::prepares_states;
}) inline constexpr bool takes_prepared_states<Method> = true;

template <class M, class S>
concept NamesBackend = requires {
  typename M::template Backend<S>;
};
template <class M, class S>
concept MakesBackend = NamesBackend<M, S> && std::constructible_from < typename M::template Backend<S>,
const HeadProgram<S>& > ;
template <class M, class S>
concept CopiesBackend = MakesBackend<M, S> && std::copy_constructible<typename M::template Backend<S>>;
template <class M, class S>
concept RunsForward = CopiesBackend<M, S> && BackendForward<typename M::template Backend<S>, S>;
template <class M, class S>
concept OwnMethod = RunsForward<M, S> && BackendBackward<typename M::template Backend<S>, S>;

template <class S, auto Method>
concept MethodFits = !own_method<Method> || OwnMethod<MethodType<Method>, S>;

/// Says which rule a method breaks first.
template <class S, auto Method>
struct MethodCheck {
  using M = MethodType<Method>;
  static constexpr int held =
      NamesBackend<M, S> + MakesBackend<M, S> + CopiesBackend<M, S> + RunsForward<M, S> + OwnMethod<M, S>;
  static_assert(held != 0, "qmtl: a head's method must be a HeadMethod or name a Backend<S>, as ParameterShift does");
  static_assert(held != 1, "qmtl: a head's backend must be constructible from a const HeadProgram<S>&");
  static_assert(held != 2, "qmtl: a head's backend must be copyable");
  static_assert(held != 3, "qmtl: a head's backend must have forward(angles, weights, expectations)");
  static_assert(held != 4,
                "qmtl: a head's backend must have backward(angles, weights, cotangents, gradient, angle_gradients)");
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
