#pragma once
// SPDX-License-Identifier: Apache-2.0
// Expectation values of Pauli sums, many in one pass over the state, and H|psi>.

#include <algorithm>
#include <complex>
#include <span>
#include <vector>

#include "qmtl/measure/pauli.hpp"
#include "qmtl/state/state_vector.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

inline void require_support(Index support, int qubits) {
  if (qubits < 64 && (support >> qubits) != 0) {
    throw ShapeError(
        text("qmtl: an observable acts on qubit ", std::bit_width(support) - 1, ", the state has ", qubits, " qubits"));
  }
}

/// Re(conj(psi[i ^ x]) <i ^ x| P |i> psi[i]): what basis state i contributes to <P>, P = i^y X^x Z^z.
template <Scalar S>
[[nodiscard]] double contribution(const PauliString& p, const std::complex<S>* psi, Index i) noexcept {
  const auto ar = static_cast<double>(psi[i].real()), ai = static_cast<double>(psi[i].imag());
  const double sign = parity_sign(i, p.z);
  if (p.x == 0) return sign * (ar * ar + ai * ai);
  const auto br = static_cast<double>(psi[i ^ p.x].real()), bi = static_cast<double>(psi[i ^ p.x].imag());
  // With conj(b) a = re + i im, the real part of i^y (re + i im):
  const int y = p.y_count() & 3;
  const double part = (y & 1) == 0 ? br * ar + bi * ai : br * ai - bi * ar;
  return (y == 1 || y == 2) ? -sign * part : sign * part;
}

}  // namespace detail

/// <P_k> of many Pauli strings in one pass over the state; cost 2^N * (number of strings), accumulated in double.
/// Throws ShapeError if a string acts on a qubit that the state does not have, or if the sizes differ.
template <QuantumState T>
void expectations(const T& state, std::span<const PauliString> strings, std::span<double> out) {
  detail::require_size("expectations: number of results", out.size(), strings.size());
  for (const auto& string : strings) detail::require_support(string.support(), qubits_of(state));
  detail::require_state(state);
  std::fill(out.begin(), out.end(), 0.0);
  for (Index i = 0; i < dimension(qubits_of(state)); ++i) {
    for (std::size_t k = 0; k < strings.size(); ++k) out[k] += detail::contribution(strings[k], state.data(), i);
  }
}

/// <H_k> of many Pauli sums in one pass over the state.
template <QuantumState T>
[[nodiscard]] std::vector<double> expectations(const T& state, std::span<const PauliSum> observables) {
  std::vector<PauliString> strings;
  for (const auto& sum : observables) {
    for (const auto& term : sum.terms()) strings.push_back(term.string);
  }
  std::vector<double> values(strings.size());
  expectations(state, strings, values);
  std::vector<double> result;
  std::size_t k = 0;
  for (const auto& sum : observables) {
    double total = 0.0;
    for (const auto& term : sum.terms()) total += term.coefficient * values[k++];
    result.push_back(total);
  }
  return result;
}

/// <H> of one Pauli sum.
template <QuantumState T>
[[nodiscard]] double expectation(const T& state, const PauliSum& observable) {
  return expectations(state, std::span(&observable, 1)).front();
}

/// out += factor * H|psi>. Throws ShapeError if H acts outside the state, LogicError if both states are the same.
template <QuantumState T, class Out>
requires MutableState<Out> && SameQubits<T, std::remove_cvref_t<Out>>
void add_applied(const PauliSum& observable, const T& state, double factor, Out&& out) {
  using S = typename T::Scalar;
  detail::require_support(observable.support(), qubits_of(state));
  detail::require_same_qubits("add_applied", state, out);
  detail::require_different("add_applied", state, out);
  for (const auto& term : observable.terms()) {
    const auto c = static_cast<S>(factor * term.coefficient);
    const int y = term.string.y_count() & 3;
    for (Index i = 0; i < dimension(qubits_of(state)); ++i) {
      const S s = c * static_cast<S>(parity_sign(i, term.string.z));
      const S re = s * state.data()[i].real(), im = s * state.data()[i].imag();
      auto& target = out.data()[i ^ term.string.x];
      switch (y) {
        case 0: target += std::complex<S>(re, im); break;
        case 1: target += std::complex<S>(-im, re); break;
        case 2: target += std::complex<S>(-re, -im); break;
        default: target += std::complex<S>(im, -re); break;
      }
    }
  }
}

}  // namespace qmtl::inline QMTL_ABI
