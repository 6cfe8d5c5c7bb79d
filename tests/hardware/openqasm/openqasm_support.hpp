#pragma once
// SPDX-License-Identifier: Apache-2.0
// What tests of OpenQASM share: programs as matrices, and texts in messages.

#include <string>
#include <string_view>
#include <variant>

#include "qmtl/circuit/program.hpp"
#include "support/random_dynamic_circuit.hpp"

namespace qmtl::test {

/// The matrix of a program of gates.
[[nodiscard]] inline Dense unitary_of(const Program& program, std::span<const double> x = {},
                                      std::span<const double> w = {}) {
  DynamicCircuit circuit(program.qubits());
  for (const auto& step : program.instructions()) {
    if (const auto* op = std::get_if<Operation>(&step.action)) circuit.append(*op);
    if (const auto* op = std::get_if<ControlledOperation>(&step.action)) circuit.append(*op);
    if (const auto* op = std::get_if<MatrixOperation>(&step.action)) {
      const Dense matrix = program.matrices()[static_cast<std::size_t>(op->matrix)];
      circuit.unitary(op->adjoint ? Dense(matrix.adjoint()) : matrix, op->qubits);
    }
  }
  return dense_unitary(circuit, x, w);
}

/// How much two matrices differ when their global phases are made the same.
[[nodiscard]] inline double phase_free_difference(const Dense& a, const Dense& b) {
  const Complex overlap = (a.adjoint() * b).trace();
  return max_difference(a * (overlap / std::abs(overlap)), b);
}
[[nodiscard]] inline double phase_free_difference(const Program& a, const Program& b) {
  return phase_free_difference(unitary_of(a), unitary_of(b));
}

[[nodiscard]] inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace qmtl::test
