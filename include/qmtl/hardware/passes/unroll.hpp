#pragma once
// SPDX-License-Identifier: Apache-2.0
// unroll: everything on three and more qubits, behind controls, or by a matrix, as gates on one and two qubits.

#include <concepts>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program_copy.hpp"
#include "qmtl/hardware/synthesis/controlled.hpp"
#include "qmtl/hardware/synthesis/shannon.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// The gates of an instruction that no pass keeps as it is, or nothing.
template <std::same_as<Program> P>
[[nodiscard]] std::optional<std::vector<Operation>> unrolled(const P& program, const Instruction& step) {
  if (const auto* op = std::get_if<Operation>(&step.action)) {
    if (info(op->gate).qubits < 3) return std::nullopt;
    return one_and_two_qubit_gates(*op);
  }
  if (const auto* op = std::get_if<ControlledOperation>(&step.action)) return one_and_two_qubit_gates(*op);
  if (const auto* op = std::get_if<MatrixOperation>(&step.action)) {
    const auto& matrix = program.matrices()[static_cast<std::size_t>(op->matrix)];
    return unitary_circuit(op->adjoint ? OperationMatrix(matrix.adjoint()) : matrix, op->qubits);
  }
  return std::nullopt;
}

}  // namespace detail

/// The program with gates on one and two qubits only, beside channels, measurements, resets and barriers. What is done
/// on a condition is unrolled into gates that are done on the same. Angles that depend on features or weights stay
/// linear in them. The same up to a phase of the state.
template <std::same_as<Program> P>  // a template: decompositions of matrices take long to compile
[[nodiscard]] P unroll(const P& program) {
  ProgramCopy out(program);
  for (const auto& step : program.instructions()) {
    if (const auto gates = detail::unrolled(program, step)) {
      for (const auto& op : *gates) out.program.append(op, step.condition);
    } else {
      out.copy(step);
    }
  }
  return std::move(out.program);
}

}  // namespace qmtl::inline QMTL_ABI
