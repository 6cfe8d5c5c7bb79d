#pragma once
// SPDX-License-Identifier: Apache-2.0
// Applying operations and circuits to states: the plain interpreter, which defines what a circuit means.

#include <cmath>
#include <span>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/state/apply_operation.hpp"
#include "qmtl/state/state_vector.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Throws unless the operations fit on the state and the parameters suffice: operations are public data, and a bad one
/// must not write outside the state.
template <Scalar S>
void require_applicable(CircuitView circuit, std::span<const S> features, std::span<const S> weights) {
  validate(circuit);
  const auto need_features = static_cast<std::size_t>(feature_count(circuit));
  const auto need_weights = static_cast<std::size_t>(weight_count(circuit));
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

/// Applies a circuit to a state of as many qubits, with features and weights in radians before scaling. Throws
/// ShapeError for another number of qubits, or if the circuit uses more features or weights than given, CircuitError if
/// an operation does not fit. Cost M * 2^N.
template <class T>
requires MutableState<T>
void apply(T&& state, CircuitView circuit, Parameters<typename std::remove_cvref_t<T>::Scalar> features = {},
           Parameters<typename std::remove_cvref_t<T>::Scalar> weights = {}) {
  detail::require_state(state);
  detail::require_size("apply: qubits of the circuit", circuit.qubits, qubits_of(state));
  detail::require_applicable<typename std::remove_cvref_t<T>::Scalar>(circuit, features, weights);
  detail::apply_all(circuit, features.data(), weights.data(), state.data(), dimension(circuit.qubits));
}
template <class T, int N, int M>
requires MutableState<T>
void apply(T&& state, const Circuit<N, M>& circuit, Parameters<typename std::remove_cvref_t<T>::Scalar> features = {},
           Parameters<typename std::remove_cvref_t<T>::Scalar> weights = {}) {
  if constexpr (FixedSizeState<std::remove_cvref_t<T>>) {
    constexpr bool same_qubits = N == std::remove_cvref_t<T>::qubits;
    static_assert(same_qubits, "qmtl: a circuit must have as many qubits as the state it is applied to");
  }
  apply(state, CircuitView(circuit), features, weights);
}

/// Applies one operation to a state. Throws CircuitError if it does not fit on the state's qubits, ShapeError if it
/// needs more features or weights than given. Cost 2^N.
template <class T>
requires MutableState<T>
void apply(T&& state, const Operation& op, Parameters<typename std::remove_cvref_t<T>::Scalar> features = {},
           Parameters<typename std::remove_cvref_t<T>::Scalar> weights = {}) {
  apply(state, CircuitView(qubits_of(state), std::span(&op, 1)), features, weights);
}

/// The state that a circuit makes of |0...0>.
template <Scalar S = double, int N, int M>
[[nodiscard]] StateVector<N, S> run(const Circuit<N, M>& circuit, Parameters<S> features = {},
                                    Parameters<S> weights = {}) {
  StateVector<N, S> state;
  apply(state, circuit, features, weights);
  return state;
}

inline constexpr int max_unitary_qubits = 12;

/// The exact unitary matrix of a circuit of at most 12 qubits, column j the image of basis state j: 4^N amplitudes.
/// Throws ShapeError for a wider one, MemoryError where there is no memory.
template <Scalar S = double>
[[nodiscard]] ColMajorMatrix<std::complex<S>> unitary(CircuitView circuit, Parameters<S> features = {},
                                                      Parameters<S> weights = {}) {
  validate(circuit);
  if (circuit.qubits > max_unitary_qubits) {
    throw ShapeError(detail::text("qmtl: unitary: the circuit must have at most ", max_unitary_qubits, " qubits, got ",
                                  circuit.qubits));
  }
  detail::require_applicable<S>(circuit, features, weights);
  const auto size = static_cast<Eigen::Index>(dimension(circuit.qubits));
  auto matrix = detail::with_memory(
      "unitary", detail::bytes_of<std::complex<S>>(std::ldexp(1.0, 2 * circuit.qubits)),
      [size] { return ColMajorMatrix<std::complex<S>>(ColMajorMatrix<std::complex<S>>::Identity(size, size)); });
  // The columns side by side are one state of 2N qubits whose low N are the circuit's.
  detail::apply_all(circuit, features.data(), weights.data(), matrix.data(), dimension(2 * circuit.qubits));
  return matrix;
}
template <Scalar S = double, int N, int M>
[[nodiscard]] ColMajorMatrix<std::complex<S>> unitary(const Circuit<N, M>& circuit, Parameters<S> features = {},
                                                      Parameters<S> weights = {}) {
  static_assert(N <= max_unitary_qubits, "qmtl: unitary(circuit) must be asked for at most 12 qubits");
  return unitary<S>(CircuitView(circuit), features, weights);
}

}  // namespace qmtl::inline QMTL_ABI
