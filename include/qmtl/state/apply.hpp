#pragma once
// SPDX-License-Identifier: Apache-2.0
// Applying operations and circuits to states: the plain interpreter, which defines what a circuit means.

#include <span>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/state/kernels.hpp"
#include "qmtl/state/state_vector.hpp"

namespace qmtl {

namespace detail {

/// One operation on `size` amplitudes; x and w may be null if the operation does not use them.
template <Scalar S>
void apply_operation(const Operation& op, const S* x, const S* w, std::complex<S>* psi, Index size) noexcept {
  for (const auto& part : expand(op)) apply(part, angle_of(part, op, x, w), psi, size);
}

/// Undoes one operation.
template <Scalar S>
void undo_operation(const Operation& op, const S* x, const S* w, std::complex<S>* psi, Index size) noexcept {
  const Expansion parts = expand(op);
  for (int k = parts.count; k-- > 0;) {
    const auto& part = parts.parts[static_cast<std::size_t>(k)];
    S angle = angle_of(part, op, x, w);
    const Elementary back = adjoint(part, angle);
    apply(back, angle, psi, size);
  }
}

template <Scalar S>
void apply_all(std::span<const Operation> ops, const S* x, const S* w, std::complex<S>* psi, Index size) noexcept {
  for (const auto& op : ops) apply_operation(op, x, w, psi, size);
}

/// Throws unless the operations fit on the state and the parameters suffice: operations are public data, and a bad one
/// must not write outside the state.
template <Scalar S>
void require_applicable(std::span<const Operation> ops, int qubits, std::span<const S> features,
                        std::span<const S> weights) {
  for (const auto& op : ops) check_operation(op, qubits);
  const auto need_features = static_cast<std::size_t>(feature_count(ops));
  const auto need_weights = static_cast<std::size_t>(weight_count(ops));
  if (features.size() < need_features) {
    throw ShapeError(text("qmtl: apply: the circuit uses ", need_features, " features, got ", features.size()));
  }
  if (weights.size() < need_weights) {
    throw ShapeError(text("qmtl: apply: the circuit uses ", need_weights, " weights, got ", weights.size()));
  }
}

}  // namespace detail

/// Read-only parameters of a circuit: any contiguous range of S converts.
template <Scalar S>
using Parameters = std::type_identity_t<std::span<const S>>;

/// Applies one operation to a state. Throws CircuitError if it does not fit on the state's qubits, ShapeError if it
/// needs more features or weights than given. Cost 2^N.
template <class T>
requires MutableState<T>
void apply(T&& state, const Operation& op, Parameters<typename std::remove_cvref_t<T>::Scalar> features = {},
           Parameters<typename std::remove_cvref_t<T>::Scalar> weights = {}) {
  using State = std::remove_cvref_t<T>;
  detail::require_applicable<typename State::Scalar>(std::span(&op, 1), State::qubits, features, weights);
  detail::require_state(state);
  detail::apply_operation(op, features.data(), weights.data(), state.data(), dimension(State::qubits));
}

/// Applies a circuit to a state of as many qubits, with features and weights in radians before scaling. Throws
/// ShapeError if the circuit uses more features or weights than given. Cost M * 2^N.
template <class T, int N, int M>
requires MutableState<T>
void apply(T&& state, const Circuit<N, M>& circuit, Parameters<typename std::remove_cvref_t<T>::Scalar> features = {},
           Parameters<typename std::remove_cvref_t<T>::Scalar> weights = {}) {
  using State = std::remove_cvref_t<T>;
  static_assert(N == State::qubits, "qmtl: a circuit must have as many qubits as the state it is applied to");
  detail::require_applicable<typename State::Scalar>(circuit.ops(), N, features, weights);
  detail::require_state(state);
  detail::apply_all(circuit.ops(), features.data(), weights.data(), state.data(), dimension(N));
}

/// The state that a circuit makes of |0...0>.
template <Scalar S = double, int N, int M>
[[nodiscard]] StateVector<N, S> run(const Circuit<N, M>& circuit, Parameters<S> features = {},
                                    Parameters<S> weights = {}) {
  StateVector<N, S> state;
  apply(state, circuit, features, weights);
  return state;
}

/// The exact unitary matrix of a circuit, column j the image of basis state j. For small N: 4^N amplitudes.
template <Scalar S = double, int N, int M>
[[nodiscard]] ColMajorMatrix<std::complex<S>> unitary(const Circuit<N, M>& circuit, Parameters<S> features = {},
                                                      Parameters<S> weights = {}) {
  static_assert(N <= 12, "qmtl: unitary(circuit) must be asked for at most 12 qubits");
  detail::require_applicable<S>(circuit.ops(), N, features, weights);
  const auto size = static_cast<Eigen::Index>(dimension(N));
  ColMajorMatrix<std::complex<S>> matrix(size, size);
  matrix.setIdentity();
  // The columns side by side are one state of 2N qubits whose low N are the circuit's.
  detail::apply_all(circuit.ops(), features.data(), weights.data(), matrix.data(), dimension(2 * N));
  return matrix;
}

}  // namespace qmtl
