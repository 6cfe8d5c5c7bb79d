#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a circuit of run-time size holds beside gates of the table: further controls, unitary matrices, names.

#include <complex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/circuit/operation.hpp"

namespace qmtl::inline QMTL_ABI {

/// An operation that is applied where all of any number of further control qubits are one: a multi-controlled X is
/// `{{0, 1, 2}, gate::x(3)}`.
struct ControlledOperation {
  std::vector<int> controls;
  Operation operation;

  friend bool operator==(const ControlledOperation&, const ControlledOperation&) = default;
};

/// A unitary matrix of the table of a circuit or program, or its conjugate transpose, which undoes it. Bit j of its row
/// and column index is qubit qubits[j].
struct MatrixOperation {
  std::vector<int> qubits;
  int matrix = 0;
  bool adjoint = false;

  friend bool operator==(const MatrixOperation&, const MatrixOperation&) = default;
};

[[nodiscard]] inline ControlledOperation relabel(ControlledOperation op, std::span<const int> map) {
  for (int& q : op.controls) q = detail::relabelled(q, map);
  op.operation = relabel(op.operation, map);
  return op;
}
[[nodiscard]] inline MatrixOperation relabel(MatrixOperation op, std::span<const int> map) {
  for (int& q : op.qubits) q = detail::relabelled(q, map);
  return op;
}

[[nodiscard]] inline ControlledOperation inverse(ControlledOperation op) {
  op.operation = inverse(op.operation);
  return op;
}
[[nodiscard]] inline MatrixOperation inverse(MatrixOperation op) {
  op.adjoint = !op.adjoint;
  return op;
}

[[nodiscard]] inline ControlledOperation shift_weights(ControlledOperation op, int by) {
  op.operation = shift_weights(op.operation, by);
  return op;
}
[[nodiscard]] inline MatrixOperation shift_weights(MatrixOperation op, int) { return op; }

namespace gate {

/// X on the target where all controls are one; any number of them.
[[nodiscard]] inline ControlledOperation mcx(std::vector<int> controls, Qubit target) {
  return {std::move(controls), x(target)};
}
/// The sign of the basis states in which all controls and the target are one.
[[nodiscard]] inline ControlledOperation mcz(std::vector<int> controls, Qubit target) {
  return {std::move(controls), z(target)};
}

}  // namespace gate

/// A unitary matrix that operations of a circuit refer to by its place in the table.
struct UnitaryMatrix {
  std::vector<std::complex<double>> entries;  ///< column by column
  std::string name;                           ///< in drawings and text; of matrix number 3, "m3" where it is empty
  bool diagonal = false;
  bool real = false;

  friend bool operator==(const UnitaryMatrix&, const UnitaryMatrix&) = default;
};

struct ParameterName {
  int index = 0;
  std::string name;

  friend bool operator==(const ParameterName&, const ParameterName&) = default;
};

/// Names of features and weights; those that have none are called x0, x1, ... and w0, w1, ...
struct ParameterNames {
  std::vector<ParameterName> features, weights;

  friend bool operator==(const ParameterNames&, const ParameterNames&) = default;
};

namespace detail {

/// An operation of a circuit with one of these gates is entry number qubits[0] of a table.
inline constexpr Gate controlled_gate = static_cast<Gate>(254), matrix_gate = static_cast<Gate>(255);

/// A controlled operation and all its qubits, controls first.
struct ControlledEntry {
  ControlledOperation operation;
  std::vector<int> qubits;
};

[[nodiscard]] inline ControlledEntry controlled_entry(ControlledOperation op) {
  ControlledEntry entry{std::move(op), {}};
  entry.qubits = entry.operation.controls;
  for (const int q : entry.operation.operation.targets()) entry.qubits.push_back(q);
  return entry;
}

/// The tables that operations of a circuit refer to.
struct CircuitTables {
  std::vector<ControlledEntry> controlled;
  std::vector<MatrixOperation> on_matrices;
  std::vector<UnitaryMatrix> matrices;
  ParameterNames names;

  [[nodiscard]] bool empty() const noexcept {
    return controlled.empty() && matrices.empty() && names.features.empty() && names.weights.empty();
  }
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
