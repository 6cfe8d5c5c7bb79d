#pragma once
// SPDX-License-Identifier: Apache-2.0
// Seeded random circuits of run-time size, of gates, gates behind controls and matrices, and what they mean by dense
// matrices.

#include <algorithm>
#include <vector>

#include "qmtl/circuit/dynamic_circuit.hpp"
#include "support/random_circuit.hpp"

namespace qmtl::test {

/// A random unitary matrix on k qubits: the orthonormalised columns of a random one (Gram and Schmidt).
[[nodiscard]] inline Dense random_unitary(Rng& rng, int k) {
  Dense m(1 << k, 1 << k);
  for (auto& entry : m.reshaped()) entry = {rng.normal(), rng.normal()};
  for (Eigen::Index c = 0; c < m.cols(); ++c) {
    for (Eigen::Index before = 0; before < c; ++before) {
      const Complex overlap = m.col(before).dot(m.col(c));
      m.col(c) -= overlap * m.col(before);
    }
    m.col(c) /= m.col(c).norm();
  }
  return m;
}

/// The qubits 0 .. n-1 in random order.
[[nodiscard]] inline std::vector<int> random_order(Rng& rng, int n) {
  std::vector<int> qubits;
  for (int q = 0; q < n; ++q) qubits.push_back(q);
  shuffle(qubits, rng);
  return qubits;
}

/// A random gate behind random controls, one at least, on n qubits.
[[nodiscard]] inline ControlledOperation random_controlled(Rng& rng, int n, ParameterCounts counts = {}) {
  ControlledOperation out{{}, random_operation(rng, random_gate(rng, n - 1), n, counts)};
  const auto targets = out.operation.targets();
  for (const int q : random_order(rng, n)) {
    const bool free = std::find(targets.begin(), targets.end(), q) == targets.end();
    if (free && (out.controls.empty() || pick(rng, 2) == 0)) out.controls.push_back(q);
  }
  return out;
}

/// So many operations of all kinds on n qubits, at least 3.
[[nodiscard]] inline DynamicCircuit random_dynamic_circuit(Rng& rng, int n, int count, ParameterCounts counts = {}) {
  DynamicCircuit c(n);
  while (static_cast<int>(c.size()) < count) {
    switch (pick(rng, 4)) {
      case 0: c.append(random_controlled(rng, n, counts)); break;
      case 1: {
        auto qubits = random_order(rng, n);
        qubits.resize(static_cast<std::size_t>(1 + pick(rng, 3)));
        c.unitary(random_unitary(rng, static_cast<int>(qubits.size())), qubits);
        break;
      }
      default: c.append(random_operation(rng, random_gate(rng, n), n, counts));
    }
  }
  return c;
}

/// Calls visit(matrix, qubits) for each operation, the first qubit being the leftmost factor.
template <class Visit>
void for_each_dense(CircuitView c, std::span<const double> x, std::span<const double> w, const Visit& visit) {
  for (const auto& op : c.ops()) {
    if (const auto* m = c.by_matrix(op)) {
      const Dense matrix = matrix_of(c.matrix(*m));
      visit(m->adjoint ? Dense(matrix.adjoint()) : matrix, std::vector<int>(m->qubits.rbegin(), m->qubits.rend()));
    } else if (const auto* k = c.controlled(op)) {
      Dense matrix = dense_gate(k->operation, x, w);
      std::vector<int> qubits = k->controls;
      for (std::size_t i = 0; i < qubits.size(); ++i) matrix = controlled(matrix);
      for (const int q : k->operation.targets()) qubits.push_back(q);
      visit(matrix, qubits);
    } else {
      const auto targets = op.targets();
      visit(dense_gate(op, x, w), std::vector<int>(targets.begin(), targets.end()));
    }
  }
}

[[nodiscard]] inline Dense dense_unitary(CircuitView c, std::span<const double> x, std::span<const double> w) {
  Dense out = Dense::Identity(Eigen::Index{1} << c.qubits, Eigen::Index{1} << c.qubits);
  for_each_dense(c, x, w, [&](const Dense& m, const std::vector<int>& qubits) {
    for (Eigen::Index j = 0; j < out.cols(); ++j) out.col(j) = apply_dense(m, qubits, out.col(j));
  });
  return out;
}

}  // namespace qmtl::test
