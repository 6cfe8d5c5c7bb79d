#pragma once
// SPDX-License-Identifier: Apache-2.0
// Entangling capability: how entangled a circuit's states are on average.

#include <span>
#include <vector>

#include "qmtl/diagnostics/random_angles.hpp"
#include "qmtl/loss/statistics.hpp"

namespace qmtl::inline QMTL_ABI {

/// Settings of entangling_capability.
struct EntanglingCapabilityOptions {
  int draws = 1000;
  std::span<const double> features{};  ///< angles of the features; empty: drawn like the weights
};

/// The purity tr(rho^2) of one qubit's reduced state: 1 if it is entangled with nothing, 1/2 at most entanglement. Cost
/// 2^N; accumulated in double. Throws CircuitError if there is no such qubit.
template <QuantumState T>
[[nodiscard]] double qubit_purity(const T& state, int qubit) {
  if (qubit < 0 || qubit >= qubits_of(state)) {
    throw CircuitError(
        detail::text("qmtl: qubit_purity: qubit, expected 0 to ", qubits_of(state) - 1, ", got ", qubit));
  }
  detail::require_state(state);
  double zero = 0.0, one = 0.0;  // the diagonal of rho
  std::complex<double> between;
  for (Index k = 0; k < dimension(qubits_of(state) - 1); ++k) {
    const Index i = insert_zero(k, qubit);
    const std::complex<double> a(state.data()[i]), b(state.data()[i | qubit_mask(qubit)]);
    zero += std::norm(a);
    one += std::norm(b);
    between += a * std::conj(b);
  }
  return zero * zero + one * one + 2.0 * std::norm(between);
}

/// Q = 2 (1 - mean over the qubits of tr(rho_k^2)) (Meyer and Wallach 2002, J. Math. Phys. 43, 4273, in the form of
/// Brennen 2003, Quantum Inf. Comput. 3, 619): 0 for product states, 1 where every qubit is maximally entangled with
/// the others, as in a GHZ state. Cost N * 2^N.
template <QuantumState T>
[[nodiscard]] double meyer_wallach(const T& state) {
  double purities = 0.0;
  for (int q = 0; q < qubits_of(state); ++q) purities += qubit_purity(state, q);
  return 2.0 * (1.0 - purities / qubits_of(state));
}

namespace detail {
template <class Angles>
[[nodiscard]] MeanDeviation entangling_capability_of(Angles angles, Rng& rng, int draws) {
  require_at_least("entangling_capability: draws", 1, draws);
  std::vector<double> values;
  for (int draw = 0; draw < draws; ++draw) {
    angles.draw(rng);
    values.push_back(meyer_wallach(angles.state()));
  }
  return summarize(values);
}
}  // namespace detail

/// Entangling capability (Sim, Johnson and Aspuru-Guzik 2019, Adv. Quantum Technol. 2, 1900070): mean and deviation of
/// Q over angles drawn uniformly from [-pi, pi); the mean's standard error is deviation / sqrt(count). Haar-random
/// states have the mean (2^N - 2) / (2^N + 1). Cost: draws * (a run of the circuit and N * 2^N). Throws ValueError for
/// less than one draw, ShapeError for wrong features.
template <CircuitType C>
[[nodiscard]] MeanDeviation entangling_capability(Rng& rng, const EntanglingCapabilityOptions& options = {}) {
  return detail::entangling_capability_of(RandomAngles<C>(options.features), rng, options.draws);
}
/// The same of a circuit of run-time size. Throws CircuitError for one that is not valid.
[[nodiscard]] inline MeanDeviation entangling_capability(CircuitView circuit, Rng& rng,
                                                         const EntanglingCapabilityOptions& options = {}) {
  return detail::entangling_capability_of(DynamicRandomAngles(circuit, options.features), rng, options.draws);
}

}  // namespace qmtl::inline QMTL_ABI
