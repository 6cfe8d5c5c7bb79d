#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pauli twirling: random Pauli gates around two-qubit Clifford gates that leave the circuit as it is and turn their
// noise into a Pauli channel (Bennett et al. 1996; Wallman and Emerson 2016, arXiv:1512.01098).

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/mitigation/random_copies.hpp"
#include "qmtl/noise/channel_matrices.hpp"
#include "qmtl/state/apply.hpp"

namespace qmtl::inline QMTL_ABI {

/// The Pauli string Q with U P U^dagger = Q or -Q, or nothing where there is none, to 1e-9. The caller checks that U is
/// unitary and P on its qubits.
[[nodiscard]] inline std::optional<PauliString> pauli_image(const OperationMatrix& u, const PauliString& p) {
  int qubits = 0;
  while (Eigen::Index{1} << qubits < u.rows()) ++qubits;
  const OperationMatrix image = u * detail::pauli_matrix(p, qubits) * u.adjoint();
  PauliString q;
  Eigen::Index row = 0;
  image.col(0).cwiseAbs().maxCoeff(&row);
  q.x = static_cast<Index>(row);
  for (int j = 0; j < qubits; ++j) {  // the signs of the columns of one bit
    const Index column = qubit_mask(j);
    const auto ratio =
        image(static_cast<Eigen::Index>(column ^ q.x), static_cast<Eigen::Index>(column)) / image(row, 0);
    if (ratio.real() < 0.0) q.z |= qubit_mask(j);
  }
  const OperationMatrix expected = detail::pauli_matrix(q, qubits);
  const double sign = (expected.conjugate().cwiseProduct(image)).sum().real() < 0.0 ? -1.0 : 1.0;
  if (!((image - sign * expected).cwiseAbs().maxCoeff() < 1e-9)) return std::nullopt;
  return q;
}

/// The gates of a Pauli string whose bit j is qubit qubits[j].
[[nodiscard]] inline std::vector<Operation> pauli_gates(const PauliString& string, std::span<const int> qubits) {
  std::vector<Operation> gates;
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    const bool x = bit_of(string.x, static_cast<int>(j)) != 0, z = bit_of(string.z, static_cast<int>(j)) != 0;
    if (x || z) gates.push_back(x ? (z ? gate::y(qubits[j]) : gate::x(qubits[j])) : gate::z(qubits[j]));
  }
  return gates;
}

namespace detail {

/// The matrix of a gate of two qubits without angles, or one given by its matrix, if it takes all Pauli strings to
/// Pauli strings.
[[nodiscard]] inline std::optional<OperationMatrix> two_qubit_clifford(const CircuitView& c, std::size_t i) {
  const Operation& op = c.operations[i];
  const auto targets = c.targets(op);
  const Operation* gate = c.gate(op);
  if (targets.size() != 2 || (gate != nullptr && !gate->used_angles().empty())) return std::nullopt;
  std::vector<int> local(static_cast<std::size_t>(c.qubits), 0);
  local[static_cast<std::size_t>(targets[1])] = 1;
  DynamicCircuit pair(2);
  if (const auto* by_matrix = c.by_matrix(op)) {
    const auto matrix = matrix_of(c.matrix(*by_matrix));
    pair.unitary(by_matrix->adjoint ? OperationMatrix(matrix.adjoint()) : matrix, {0, 1});
  } else if (const auto* controlled = c.controlled(op)) {
    pair.append(relabel(*controlled, local));
  } else {
    pair.append(relabel(op, local));
  }
  const OperationMatrix u = unitary(pair);
  for (const auto& generator : {pauli_x(0), pauli_z(0), pauli_x(1), pauli_z(1)}) {
    if (!pauli_image(u, generator)) return std::nullopt;
  }
  return u;
}

}  // namespace detail

/// One randomised copy: a random Pauli string P before each two-qubit Clifford gate U (CX, CZ, ECR, ISWAP, and whatever
/// else without angles takes Pauli strings to Pauli strings, by its matrix), and its image U P U^dagger behind it. The
/// copy is the circuit but for a global phase. The mean over copies sees, in place of a channel E after U, its Pauli
/// channel sum_P P E(P rho P) P / 16: coherent errors no longer add up. The string gates are noisy where a noise model
/// says so; devices merge them with their neighbours. Throws CircuitError for a circuit that is not valid.
[[nodiscard]] inline DynamicCircuit pauli_twirl(CircuitView c, Rng& rng) {
  validate(c);
  DynamicCircuit out(c.qubits);
  const auto append_all = [&out](const std::vector<Operation>& gates) {
    for (const auto& gate : gates) out.append(gate);
  };
  for (std::size_t i = 0; i < c.size(); ++i) {
    const CircuitView one{c.qubits, c.operations.subspan(i, 1), c.tables};
    const auto clifford = detail::two_qubit_clifford(c, i);
    if (!clifford) {
      out.append(one);
      continue;
    }
    const auto targets = c.targets(c.operations[i]);
    const PauliString before = detail::pauli_of_digits(rng.below(16), 2);
    append_all(pauli_gates(before, targets));
    out.append(one);
    append_all(pauli_gates(*pauli_image(*clifford, before), targets));
  }
  return out;
}

/// So many of them. Throws as pauli_twirl.
[[nodiscard]] inline std::vector<DynamicCircuit> pauli_twirled_copies(CircuitView c, std::size_t count, Seed seed) {
  Rng rng(seed);
  std::vector<DynamicCircuit> copies;
  for (std::size_t k = 0; k < count; ++k) copies.push_back(pauli_twirl(c, rng));
  return copies;
}

/// The mean over so many copies, whose values `evaluate(circuit)`, or `evaluate(circuit, seed)`, gives, with its
/// standard error: that of the circuit whose noise is twirled. Throws as pauli_twirl, and ValueError for fewer than two
/// copies. Cost: as many evaluations.
template <CopyEvaluator<DynamicCircuit> Evaluate>
[[nodiscard]] Estimate twirled_expectation(CircuitView c, std::size_t copies, Seed seed, Evaluate&& evaluate) {
  return detail::mean_over_copies("twirled_expectation", copies, seed,
                                  [&](Rng& rng) { return detail::value_of_copy(evaluate, pauli_twirl(c, rng), rng); });
}

}  // namespace qmtl::inline QMTL_ABI
