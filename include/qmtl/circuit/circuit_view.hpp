#pragma once
// SPDX-License-Identifier: Apache-2.0
// CircuitView: what interpreters read of a circuit, whether its size is known at compile time or at run time.

#include <algorithm>
#include <span>

#include "qmtl/circuit/circuit_tables.hpp"

namespace qmtl::inline QMTL_ABI {

template <int N, int M>
struct Circuit;

/// The operations of a circuit, in order of application, on a number of qubits. Looks at them, as std::span does: a
/// type for parameters; what is kept must not be of a temporary. An operation may stand for more than a gate of the
/// table, a controlled operation or a matrix, which the view knows where to find; what asks `info` of the gate of such
/// a one throws CircuitError.
struct CircuitView {
  int qubits = 1;
  std::span<const Operation> operations;
  const detail::CircuitTables* tables = nullptr;  ///< null where all operations are gates and no parameter has a name

  constexpr CircuitView() = default;
  constexpr CircuitView(int width, std::span<const Operation> ops,
                        const detail::CircuitTables* entries = nullptr) noexcept
      : qubits(width), operations(ops), tables(entries) {}
  template <int N, int M>
  constexpr CircuitView(const Circuit<N, M>& c QMTL_LIFETIME_BOUND) noexcept  // NOLINT(google-explicit-constructor)
      : qubits(N), operations(c.ops()) {}

  [[nodiscard]] constexpr std::span<const Operation> ops() const noexcept { return operations; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return operations.size(); }

  /// The controlled operation that an operation of this circuit stands for, or null.
  [[nodiscard]] constexpr const ControlledOperation* controlled(const Operation& op) const noexcept {
    return op.gate == detail::controlled_gate ? &entry(op).operation : nullptr;
  }
  /// The operation by a matrix that an operation of this circuit stands for, or null.
  [[nodiscard]] constexpr const MatrixOperation* by_matrix(const Operation& op) const noexcept {
    return op.gate == detail::matrix_gate ? &tables->on_matrices[static_cast<std::size_t>(op.qubits[0])] : nullptr;
  }
  [[nodiscard]] constexpr const UnitaryMatrix& matrix(const MatrixOperation& op) const noexcept {
    return tables->matrices[static_cast<std::size_t>(op.matrix)];
  }
  /// The gate of the table with its angles, behind controls or not; null of a matrix.
  [[nodiscard]] constexpr const Operation* gate(const Operation& op) const noexcept {
    if (op.gate == detail::controlled_gate) return &entry(op).operation.operation;
    return op.gate == detail::matrix_gate ? nullptr : &op;
  }

  /// All qubits of an operation, controls first.
  [[nodiscard]] constexpr std::span<const int> targets(const Operation& op) const {
    if (op.gate == detail::controlled_gate) return entry(op).qubits;
    if (op.gate == detail::matrix_gate) return by_matrix(op)->qubits;
    return op.targets();
  }
  /// Whether an operation is diagonal in the computational basis.
  [[nodiscard]] constexpr bool diagonal(const Operation& op) const {
    const Operation* base = gate(op);
    return base == nullptr ? matrix(*by_matrix(op)).diagonal : is_diagonal(base->gate);
  }
  /// Whether an operation is real for every angle.
  [[nodiscard]] constexpr bool real(const Operation& op) const {
    const Operation* base = gate(op);
    return base == nullptr ? matrix(*by_matrix(op)).real : is_real(base->gate);
  }

  /// Equal in qubits and operations; names of parameters, and places in the tables, make no difference.
  friend constexpr bool operator==(const CircuitView& a, const CircuitView& b) {
    return a.qubits == b.qubits && std::equal(a.operations.begin(), a.operations.end(), b.operations.begin(),
                                              b.operations.end(), [&](const Operation& p, const Operation& q) {
                                                return a.tables == nullptr || b.tables == nullptr ? p == q
                                                                                                  : same(a, p, b, q);
                                              });
  }

 private:
  [[nodiscard]] constexpr const detail::ControlledEntry& entry(const Operation& op) const noexcept {
    return tables->controlled[static_cast<std::size_t>(op.qubits[0])];
  }

  [[nodiscard]] static constexpr bool same(const CircuitView& a, const Operation& p, const CircuitView& b,
                                           const Operation& q) {
    if (p.gate != q.gate) return false;
    if (const auto* controlled = a.controlled(p)) return *controlled == *b.controlled(q);
    if (const auto* m = a.by_matrix(p)) {
      const auto* n = b.by_matrix(q);
      return m->qubits == n->qubits && m->adjoint == n->adjoint && a.matrix(*m).entries == b.matrix(*n).entries;
    }
    return p == q;
  }
};

/// Number of qubits of a circuit of any kind.
[[nodiscard]] constexpr int qubits_of(const CircuitView& circuit) noexcept { return circuit.qubits; }

}  // namespace qmtl::inline QMTL_ABI
