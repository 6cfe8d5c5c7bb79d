#pragma once
// SPDX-License-Identifier: Apache-2.0
// Counts of measurement outcomes, at a cost that does not grow with the number of shots.

#include <cstdint>
#include <span>
#include <vector>

#include "qmtl/core/binomial.hpp"
#include "qmtl/state/sampling.hpp"

namespace qmtl::inline QMTL_ABI {

/// How often each basis state comes in so many measurements: 2^N counts, multinomial numbers. Same engine state, same
/// counts. `sample` has the outcomes one by one. Throws ValueError for shots outside [0, 2^53], or a state whose norm
/// is zero or not finite, MemoryError where 2^N numbers do not fit. Cost 2^N, whatever the shots.
template <QuantumState T>
[[nodiscard]] std::vector<std::int64_t> sample_counts(const T& state, std::int64_t shots, Rng& rng) {
  const auto p = detail::with_memory("sample_counts", detail::bytes_of<double>(std::ldexp(2.0, qubits_of(state))),
                                     [&] { return Eigen::VectorXd(probabilities(state).template cast<double>()); });
  return multinomial(rng, shots, {p.data(), static_cast<std::size_t>(p.size())});
}

/// The same of some qubits, bit j of an outcome being qubits[j]: 2^k counts. Throws CircuitError unless they are
/// distinct ones of the state.
template <QuantumState T>
[[nodiscard]] std::vector<std::int64_t> sample_counts(const T& state, std::span<const int> qubits, std::int64_t shots,
                                                      Rng& rng) {
  const Eigen::VectorXd p = marginal(state, qubits).template cast<double>();
  return multinomial(rng, shots, {p.data(), static_cast<std::size_t>(p.size())});
}

}  // namespace qmtl::inline QMTL_ABI
