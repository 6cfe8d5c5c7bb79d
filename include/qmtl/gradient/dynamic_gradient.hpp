#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gradients of the expectation values of a circuit of run-time size, by either method.

#include <span>

#include "qmtl/gradient/gradient.hpp"
#include "qmtl/state/dynamic_state.hpp"

namespace qmtl::inline QMTL_ABI {

/// A value and its gradients, one for each feature and weight that was given.
template <Scalar S>
using DynamicVjp = Vjp<S, Eigen::Dynamic, Eigen::Dynamic>;

namespace detail {
/// Zeros, once everything has been checked that can be before there is a state.
template <Scalar S>
[[nodiscard]] DynamicVjp<S> zero_vjp(CircuitView circuit, std::span<const S> features, std::span<const S> weights,
                                     std::span<const PauliSum> observables, std::size_t cotangents) {
  require_size("gradient: number of cotangents", cotangents, observables.size());
  require_applicable(circuit, features, weights);
  for (const auto& observable : observables) require_support(observable.support(), circuit.qubits);
  DynamicVjp<S> result;
  result.features.setZero(static_cast<Eigen::Index>(features.size()));
  result.weights.setZero(static_cast<Eigen::Index>(weights.size()));
  return result;
}
}  // namespace detail

/// Gradients of sum_o cotangents[o] * <observables[o]> in the state that a circuit of at most 30 qubits makes of
/// |0...0>, by the adjoint method: exact, about three times the cost of the circuit. Parameters that the circuit does
/// not use have the gradient 0. Throws ShapeError for too few parameters, another number of cotangents than of
/// observables or an observable on a qubit that the circuit does not have, CircuitError for a circuit that is not
/// valid, MemoryError for one that is too wide.
template <Scalar S = double>
[[nodiscard]] DynamicVjp<S> adjoint_vjp(CircuitView circuit, Parameters<S> features, Parameters<S> weights,
                                        std::span<const PauliSum> observables, Parameters<S> cotangents) {
  auto result = detail::zero_vjp<S>(circuit, features, weights, observables, cotangents.size());
  DynamicStateVector<S> psi(circuit.qubits), lambda(circuit.qubits);
  detail::adjoint_into(circuit, features, weights, detail::combine<S>(observables, cotangents), psi, lambda, result);
  return result;
}

/// The same by parameter shift: two or four runs of the circuit for each use of a parameter.
template <Scalar S = double>
[[nodiscard]] DynamicVjp<S> shift_vjp(CircuitView circuit, Parameters<S> features, Parameters<S> weights,
                                      std::span<const PauliSum> observables, Parameters<S> cotangents) {
  auto result = detail::zero_vjp<S>(circuit, features, weights, observables, cotangents.size());
  DynamicStateVector<S> state(circuit.qubits);
  detail::shift_into(circuit, features, weights, detail::combine<S>(observables, cotangents), state, result);
  return result;
}

}  // namespace qmtl::inline QMTL_ABI
