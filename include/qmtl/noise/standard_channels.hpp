#pragma once
// SPDX-License-Identifier: Apache-2.0
// The channels that noise is commonly made of. Each has no more Kraus operators than it needs: of strength zero, one,
// the identity to the last bit.

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/noise/channel.hpp"
#include "qmtl/noise/pauli_matrices.hpp"
#include "qmtl/noise/relaxation.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

inline void require_channel_qubits(std::string_view what, int qubits, int most) {
  if (qubits >= 1 && qubits <= most) return;
  throw ShapeError(text("qmtl: ", what, ": qubits, expected 1 to ", most, ", got ", qubits));
}

[[nodiscard]] inline OperationMatrix matrix2(double a, double b, double c, double d) {
  OperationMatrix m(2, 2);
  m(0, 0) = a, m(0, 1) = b, m(1, 0) = c, m(1, 1) = d;
  return m;
}

}  // namespace detail

/// Pauli strings that happen with probabilities, the coefficients of the terms, and otherwise nothing:
/// `pauli_channel({{0.01, pauli_x(0)}, {0.02, pauli_z(0) * pauli_z(1)}}, 2)`. Throws ShapeError unless on 1 to 6
/// qubits, CircuitError for a term on another one, ValueError unless the probabilities, and 1 less their sum, are in
/// [0, 1] (what rounding leaves below zero, down to -1e-12, counts as zero).
[[nodiscard]] inline QuantumChannel pauli_channel(std::span<const PauliTerm> errors, int qubits,
                                                  std::string_view name = "pauli") {
  detail::require_channel_qubits("pauli_channel", qubits, static_cast<int>(QuantumChannel::max_qubits));
  double nothing = 1.0;
  for (const auto& [probability, string] : errors) {
    detail::require_range("pauli_channel: a probability", probability, 0.0, 1.0);
    if (string.support() >> qubits != 0) {
      throw CircuitError(detail::text("qmtl: pauli_channel: a term's qubits, expected below ", qubits, ", got ",
                                      std::bit_width(string.support()) - 1));
    }
    nothing -= probability;
  }
  if (nothing < 0.0 && nothing >= -1e-12) nothing = 0.0;
  detail::require_range("pauli_channel: the probability that nothing happens", nothing, 0.0, 1.0);
  std::vector<OperationMatrix> kraus{detail::pauli_matrix(identity_string, qubits, std::sqrt(nothing))};
  for (const auto& [probability, string] : errors) {
    kraus.push_back(detail::pauli_matrix(string, qubits, std::sqrt(probability)));
  }
  detail::merge_multiples(kraus);
  return QuantumChannel(std::move(kraus), name);
}
[[nodiscard]] inline QuantumChannel pauli_channel(std::initializer_list<PauliTerm> errors, int qubits,
                                                  std::string_view name = "pauli") {
  return pauli_channel(std::span(errors.begin(), errors.size()), qubits, name);
}

/// X, Z or Y with probability p, on one qubit. Each throws ValueError unless p is in [0, 1].
[[nodiscard]] inline QuantumChannel bit_flip(double p) {
  return pauli_channel({{p, pauli_x(0)}}, 1, detail::text("bit flip ", p));
}
[[nodiscard]] inline QuantumChannel phase_flip(double p) {
  return pauli_channel({{p, pauli_z(0)}}, 1, detail::text("phase flip ", p));
}
[[nodiscard]] inline QuantumChannel bit_phase_flip(double p) {
  return pauli_channel({{p, pauli_y(0)}}, 1, detail::text("bit-phase flip ", p));
}

/// The largest strength of `depolarizing`, 4^k / (4^k - 1): then each Pauli string but the identity has happened.
[[nodiscard]] constexpr double max_depolarizing(int qubits) noexcept {
  const auto strings = static_cast<double>(dimension(2 * qubits));
  return strings / (strings - 1);
}

/// E(rho) = (1 - p) rho + p 1/2^k tr(rho): with probability p the qubits become maximally mixed; each Pauli string but
/// the identity happens with p / 4^k. Throws ShapeError unless on 1 to 3 qubits, ValueError unless p is in
/// [0, 4^k / (4^k - 1)].
[[nodiscard]] inline QuantumChannel depolarizing(double p, int qubits = 1) {
  detail::require_channel_qubits("depolarizing", qubits, 3);
  detail::require_range("depolarizing: strength", p, 0.0, max_depolarizing(qubits));
  const Index strings = dimension(2 * qubits);
  std::vector<PauliTerm> errors;
  for (Index digits = 1; digits < strings; ++digits) {
    errors.push_back({p / static_cast<double>(strings), detail::pauli_of_digits(digits, qubits)});
  }
  return pauli_channel(errors, qubits, detail::text("depolarizing ", p));
}

/// The strength of the depolarizing channel that is also written as "an error with a probability, each of the 3 (of two
/// qubits 15) Pauli strings with a third (a fifteenth) of it": error 4^k / (4^k - 1). At an error of 3/4 (15/16) the
/// qubits become maximally mixed. Throws as depolarizing, of an error that is not in [0, 1].
[[nodiscard]] inline double depolarizing_strength_of_error(double error, int qubits = 1) {
  detail::require_channel_qubits("depolarizing_strength_of_error", qubits, 3);
  detail::require_range("depolarizing_strength_of_error: error", error, 0.0, 1.0);
  return error * max_depolarizing(qubits);
}

/// Damping by gamma towards a thermal state with `excited` in |1>: P(1) -> (1 - gamma) P(1) + gamma excited, coherences
/// shrink by sqrt(1 - gamma) (Nielsen and Chuang, section 8.3.5). Throws ValueError unless both are in [0, 1].
[[nodiscard]] inline QuantumChannel generalised_amplitude_damping(double gamma, double excited) {
  detail::require_range("generalised_amplitude_damping: gamma", gamma, 0.0, 1.0);
  detail::require_range("generalised_amplitude_damping: excited population", excited, 0.0, 1.0);
  const double stay = std::sqrt(1 - gamma), down = std::sqrt((1 - excited) * gamma), up = std::sqrt(excited * gamma);
  std::vector<OperationMatrix> kraus{std::sqrt(1 - excited) * detail::matrix2(1, 0, 0, stay),
                                     std::sqrt(excited) * detail::matrix2(stay, 0, 0, 1),
                                     detail::matrix2(0, down, 0, 0), detail::matrix2(0, 0, up, 0)};
  detail::merge_multiples(kraus);
  return QuantumChannel(std::move(kraus), excited == 0.0
                                              ? detail::text("amplitude damping ", gamma)
                                              : detail::text("amplitude damping ", gamma, " to P(1) = ", excited));
}
[[nodiscard]] inline QuantumChannel amplitude_damping(double gamma) {
  return generalised_amplitude_damping(gamma, 0.0);
}

/// Coherences shrink by sqrt(1 - lambda), populations stay (Nielsen and Chuang, section 8.3.6); as the phase flip with
/// (1 - sqrt(1 - lambda)) / 2, which it is. Throws ValueError unless lambda is in [0, 1].
[[nodiscard]] inline QuantumChannel phase_damping(double lambda) {
  detail::require_range("phase_damping: lambda", lambda, 0.0, 1.0);
  const double p = lambda / (2 * (1 + std::sqrt(1 - lambda)));
  return pauli_channel({{p, pauli_z(0)}}, 1, detail::text("phase damping ", lambda));
}

/// What a qubit does in a time in the unit of T1 and T2: P(1) -> excited + (P(1) - excited) exp(-time / T1), and
/// coherences shrink by exp(-time / T2). Its Choi matrix has, beside the two transitions, one 2x2 block, whose Cholesky
/// factor gives the other operators for T2 below and above T1 alike. Throws ValueError for T2 > 2 T1, times that are
/// not positive, a population outside [0, 1], or a time that is negative or not finite.
[[nodiscard]] inline QuantumChannel thermal_relaxation(const Relaxation& relaxation, double time) {
  detail::check_relaxation("thermal_relaxation", relaxation);
  detail::check_time("thermal_relaxation", time);
  const double excited = relaxation.excited;
  const double reset = -std::expm1(-time / relaxation.t1), coherence = std::exp(-time / relaxation.t2);
  const double down = (1 - excited) * reset, up = excited * reset;
  // The block {{1 - up, coherence}, {coherence, 1 - down}}, of which the larger entry is the pivot. Its determinant:
  const double determinant =
      std::max(0.0, -std::expm1(-2 * time / relaxation.t2) - reset + excited * (1 - excited) * reset * reset);
  const bool zero_first = up <= down;
  const double pivot = std::sqrt(1 - std::min(up, down));
  const double other = coherence / pivot, rest = std::sqrt(determinant) / pivot;
  return QuantumChannel({zero_first ? detail::matrix2(pivot, 0, 0, other) : detail::matrix2(other, 0, 0, pivot),
                         zero_first ? detail::matrix2(0, 0, 0, rest) : detail::matrix2(rest, 0, 0, 0),
                         detail::matrix2(0, std::sqrt(down), 0, 0), detail::matrix2(0, 0, std::sqrt(up), 0)},
                        detail::text("relaxation for ", time, ", T1 ", relaxation.t1, ", T2 ", relaxation.t2,
                                     excited == 0.0 ? "" : detail::text(", P(1) ", excited)));
}

/// exp(-i angle P / 2): the gate has turned too far, about any product of Pauli matrices, `pauli_z(0) * pauli_z(1)`, on
/// the qubits up to its last. Throws CircuitError for more than 6 qubits or none, ValueError for an angle that is not
/// finite.
[[nodiscard]] inline QuantumChannel over_rotation(const PauliString& axis, double angle) {
  const auto qubits = static_cast<int>(std::bit_width(axis.support()));
  if (qubits < 1 || qubits > static_cast<int>(QuantumChannel::max_qubits)) {
    throw CircuitError(detail::text("qmtl: over_rotation: qubits of the axis, expected 1 to ",
                                    QuantumChannel::max_qubits, ", got ", qubits));
  }
  if (!std::isfinite(angle)) {
    throw ValueError(detail::text("qmtl: over_rotation: angle, expected a finite number, got ", angle));
  }
  OperationMatrix rotation = detail::pauli_matrix(identity_string, qubits, std::cos(angle / 2));
  const OperationMatrix turn = detail::pauli_matrix(axis, qubits, std::complex<double>(0, -std::sin(angle / 2)));
  for (Eigen::Index i = 0; i < turn.size(); ++i) rotation.data()[i] += turn.data()[i];
  return unitary_channel(rotation, detail::text("rotation by ", angle, " about ", to_string(PauliSum(axis))));
}

/// What two qubits do to each other in a time if the frequency of either is higher by `shift` where the other is |1>
/// (ZZ coupling): RZZ(pi shift time), the phases of single qubits being those of their frequencies. `shift` in cycles a
/// unit of time, as GHz and nanoseconds. Throws ValueError for a product that is not finite.
[[nodiscard]] inline QuantumChannel zz_crosstalk(double shift, double time) {
  return over_rotation(pauli_z(0) * pauli_z(1), pi * shift * time);
}

}  // namespace qmtl::inline QMTL_ABI
