#pragma once
// SPDX-License-Identifier: Apache-2.0
// Expressibility: how far a circuit's states are from uniformly random ones.

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "qmtl/diagnostics/random_angles.hpp"

namespace qmtl::inline QMTL_ABI {

/// Settings of expressibility; pairs and bins by default those of Sim, Johnson and Aspuru-Guzik.
struct ExpressibilityOptions {
  int pairs = 5000;
  int bins = 75;
  std::span<const double> features{};  ///< angles of the features; empty: drawn like the weights
};

/// The divergence in nats (0: as random as Haar states), and the share of the pairs in each bin of fidelity.
struct Expressibility {
  double divergence = 0.0;
  std::vector<double> histogram;
};

/// log of the probability that the fidelity of two Haar-random states of N qubits lies in [low, high): with density
/// P(F) = (D - 1) (1 - F)^(D - 2), D = 2^N, it is (1 - low)^(D-1) - (1 - high)^(D-1). Logarithms keep it finite where
/// the probability underflows; 0 <= low < high <= 1.
[[nodiscard]] inline double log_haar_probability(int qubits, double low, double high) noexcept {
  const double power = static_cast<double>(dimension(qubits)) - 1.0;
  const double from = power * std::log1p(-low), to = power * std::log1p(-high);
  return from + std::log1p(-std::exp(to - from));
}

/// Kullback-Leibler divergence sum_i p_i log(p_i / q_i) of a histogram of fidelities, in equal bins of [0, 1], from the
/// one of Haar-random states of N qubits, whose bins are integrated exactly. Empty bins contribute nothing.
[[nodiscard]] inline double haar_divergence(int qubits, std::span<const double> histogram) noexcept {
  const auto bins = static_cast<double>(histogram.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < histogram.size(); ++i) {
    if (histogram[i] == 0.0) continue;
    const auto bin = static_cast<double>(i);
    const double haar = log_haar_probability(qubits, bin / bins, (bin + 1.0) / bins);
    sum += histogram[i] * (std::log(histogram[i]) - haar);
  }
  return sum;
}

namespace detail {
template <class Angles>
[[nodiscard]] Expressibility expressibility_of(Angles angles, Rng& rng, const ExpressibilityOptions& options) {
  require_at_least("expressibility: pairs", 1, options.pairs);
  require_at_least("expressibility: bins", 1, options.bins);
  const auto bins = static_cast<std::size_t>(options.bins);
  std::vector<int> counts(bins);
  for (int pair = 0; pair < options.pairs; ++pair) {
    angles.draw(rng);
    const auto first = angles.state();
    angles.draw(rng);
    const double fidelity = std::norm(inner_product(first, angles.state()));
    ++counts[std::min(static_cast<std::size_t>(fidelity * options.bins), bins - 1)];  // rounding may pass 1
  }
  Expressibility out;
  for (const int count : counts) out.histogram.push_back(static_cast<double>(count) / options.pairs);
  out.divergence = haar_divergence(angles.qubits(), out.histogram);
  return out;
}
}  // namespace detail

/// Expressibility (Sim, Johnson and Aspuru-Guzik 2019, Adv. Quantum Technol. 2, 1900070): the divergence of the
/// fidelities |<psi(a)|psi(b)>|^2 of pairs of random angles in [-pi, pi) from those of Haar-random states. Small is
/// expressive; a circuit without parameters has (2^N - 1) log(bins). A finite sample adds about (occupied bins - 1) /
/// (2 pairs), 0.007 by default, to the exact value. Cost: 2 runs of the circuit a pair. Throws ValueError for less than
/// one pair or bin, ShapeError for wrong features.
template <CircuitType C>
[[nodiscard]] Expressibility expressibility(Rng& rng, const ExpressibilityOptions& options = {}) {
  return detail::expressibility_of(RandomAngles<C>(options.features), rng, options);
}
/// The same of a circuit of run-time size. Throws CircuitError for one that is not valid.
[[nodiscard]] inline Expressibility expressibility(CircuitView circuit, Rng& rng,
                                                   const ExpressibilityOptions& options = {}) {
  return detail::expressibility_of(DynamicRandomAngles(circuit, options.features), rng, options);
}

}  // namespace qmtl::inline QMTL_ABI
