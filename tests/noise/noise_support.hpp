#pragma once
// SPDX-License-Identifier: Apache-2.0
// Random density matrices and channels.

#include <vector>

#include "qmtl/noise/channel.hpp"
#include "support/random_dynamic_circuit.hpp"

namespace qmtl::test {

/// A random density matrix of full rank on k qubits.
[[nodiscard]] inline Dense random_density(Rng& rng, int k) {
  Dense m(1 << k, 1 << k);
  for (auto& entry : m.reshaped()) entry = {rng.normal(), rng.normal()};
  const Dense rho = m * m.adjoint();
  return rho / rho.trace().real();
}

/// A random channel of 2^ancillas operators on k qubits: the blocks of a unitary matrix on more qubits (Stinespring).
[[nodiscard]] inline QuantumChannel random_channel(Rng& rng, int k, int ancillas) {
  const Dense u = random_unitary(rng, k + ancillas);
  std::vector<OperationMatrix> kraus;
  for (int e = 0; e < (1 << ancillas); ++e) kraus.emplace_back(u.block(e << k, 0, 1 << k, 1 << k));
  return QuantumChannel(kraus);
}

/// sum K rho K^dagger.
[[nodiscard]] inline Dense kraus_sum(const QuantumChannel& channel, const Dense& rho) {
  Dense sum = Dense::Zero(rho.rows(), rho.cols());
  for (const auto& k : channel.kraus()) sum += Dense(k) * rho * Dense(k).adjoint();
  return sum;
}

}  // namespace qmtl::test
