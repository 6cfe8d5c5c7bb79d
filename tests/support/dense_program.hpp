#pragma once
// SPDX-License-Identifier: Apache-2.0
// The oracle of programs: density matrices by dense Kraus operators, one for each state of the classical bits.

#include <algorithm>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/state/run_program.hpp"
#include "support/random_dynamic_circuit.hpp"

namespace qmtl::test {

/// K rho K^dagger with K on qubits, bit j of its index being qubits[j].
[[nodiscard]] inline Dense on_density(const Dense& k, const std::vector<int>& qubits, const Dense& rho, int n) {
  const Dense whole = embed(k, std::vector<int>(qubits.rbegin(), qubits.rend()), n);
  return whole * rho * whole.adjoint();
}

/// A density matrix for each state of the classical bits: the exact meaning of a program.
struct Branch {
  RegisterValues values;
  Dense rho;
};

/// The branches of a program by dense matrices; those that cannot occur are left out.
[[nodiscard]] inline std::vector<Branch> dense_branches(const Program& program, std::span<const double> x = {},
                                                        std::span<const double> w = {}) {
  const int n = program.qubits();
  Dense zero = Dense::Zero(1 << n, 1 << n);
  zero(0, 0) = 1;
  std::vector<Branch> branches{{RegisterValues(program.registers().size(), 0), zero}};
  const Dense projectors[]{matrix2(1, 0, 0, 0), matrix2(0, 0, 0, 1)}, flip = pauli_matrix('X');
  for (const auto& step : program.instructions()) {
    std::vector<Branch> next;
    for (const auto& [values, rho] : branches) {
      const auto& condition = step.condition;
      if (condition && !condition->holds(values[static_cast<std::size_t>(condition->classical_register)])) {
        next.push_back({values, rho});
      } else if (const auto* m = std::get_if<Measurement>(&step.action)) {
        const auto [up, down] = m->error;
        const double confusion[2][2]{{1 - up, up}, {down, 1 - down}};  // of what is there, and what is read
        for (const std::uint64_t both : {0u, 1u, 2u, 3u}) {
          const std::uint64_t there = both >> 1, one = both & 1;
          Branch read{values, confusion[there][one] * on_density(projectors[there], {m->qubit}, rho, n)};
          for (std::size_t r = 0; r < values.size(); ++r) {
            const int bit = m->bit - program.registers()[r].first;
            if (bit < 0 || bit >= program.registers()[r].bits) continue;
            read.values[r] = (values[r] & ~(std::uint64_t{1} << bit)) | (one << bit);
          }
          if (read.rho.trace().real() > 1e-12) next.push_back(read);
        }
      } else if (const auto* reset = std::get_if<Reset>(&step.action)) {
        next.push_back({values, on_density(projectors[0], {reset->qubit}, rho, n) +
                                    on_density(flip * projectors[1], {reset->qubit}, rho, n)});
      } else if (const auto* channel = std::get_if<Channel>(&step.action)) {
        Dense sum = Dense::Zero(rho.rows(), rho.cols());
        for (int k = 0; k < channel->count; ++k) {
          sum += on_density(program.matrices()[static_cast<std::size_t>(channel->first + k)], channel->qubits, rho, n);
        }
        next.push_back({values, sum});
      } else if (std::holds_alternative<Barrier>(step.action)) {
        next.push_back({values, rho});
      } else {
        DynamicCircuit one(n);
        if (const auto* op = std::get_if<Operation>(&step.action)) one.append(*op);
        if (const auto* op = std::get_if<ControlledOperation>(&step.action)) one.append(*op);
        if (const auto* op = std::get_if<MatrixOperation>(&step.action)) {
          const Dense matrix = program.matrices()[static_cast<std::size_t>(op->matrix)];
          one.unitary(op->adjoint ? Dense(matrix.adjoint()) : matrix, op->qubits);
        }
        const Dense u = dense_unitary(one, x, w);
        next.push_back({values, u * rho * u.adjoint()});
      }
    }
    branches.clear();
    for (const auto& branch : next) {  // together where the bits are the same
      const auto known = std::find_if(branches.begin(), branches.end(),
                                      [&branch](const Branch& other) { return other.values == branch.values; });
      if (known == branches.end()) {
        branches.push_back(branch);
      } else {
        known->rho += branch.rho;
      }
    }
  }
  return branches;
}

/// The density matrix of a program at the end, whatever has been read.
[[nodiscard]] inline Dense dense_density(const Program& program, std::span<const double> x = {},
                                         std::span<const double> w = {}) {
  Dense rho = Dense::Zero(1 << program.qubits(), 1 << program.qubits());
  for (const auto& branch : dense_branches(program, x, w)) rho += branch.rho;
  return rho;
}

}  // namespace qmtl::test
