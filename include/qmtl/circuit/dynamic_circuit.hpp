#pragma once
// SPDX-License-Identifier: Apache-2.0
// DynamicCircuit: a circuit whose qubits and operations are known at run time only, and combinators that make one.

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/circuit/names.hpp"
#include "qmtl/circuit/unitary_matrix.hpp"

namespace qmtl::inline QMTL_ABI {

/// Operations on a number of qubits that is known at run time, each checked as it comes in: gates, gates behind any
/// number of controls, and unitary matrices of its own table. Whatever takes a CircuitView takes it: drawings, counts,
/// light cones, states, gradients. A failed call leaves the circuit as it was. A gate takes 216 bytes. One that has
/// been moved from is empty.
class DynamicCircuit {
 public:
  /// The empty circuit on 1 to 4096 qubits. Throws CircuitError for another number.
  explicit DynamicCircuit(int qubits) : qubits_(qubits) { validate(CircuitView(qubits, {})); }

  /// A copy of any circuit. Throws CircuitError if it is not valid.
  explicit DynamicCircuit(CircuitView circuit) : DynamicCircuit(circuit.qubits) { append(circuit); }

  [[nodiscard]] int qubits() const noexcept { return qubits_; }
  [[nodiscard]] std::size_t size() const noexcept { return operations_.size(); }
  [[nodiscard]] std::span<const Operation> ops() const& noexcept { return operations_; }
  std::span<const Operation> ops() && = delete;  // of a circuit that is gone when they are read
  [[nodiscard]] std::span<const UnitaryMatrix> matrices() const& noexcept { return tables_.matrices; }
  std::span<const UnitaryMatrix> matrices() && = delete;
  operator CircuitView() const noexcept QMTL_LIFETIME_BOUND {  // NOLINT(google-explicit-constructor)
    return {qubits_, operations_, tables_.empty() ? nullptr : &tables_};
  }

  /// Adds an operation at the end. Throws CircuitError for a qubit that is not below qubits() or is named twice, or an
  /// angle without a valid source.
  DynamicCircuit& append(const Operation& op) {
    detail::check_operation(op, qubits_);
    operations_.push_back(op);
    return *this;
  }

  /// Adds an operation behind further controls, `gate::mcx({0, 1, 2}, 3)`. Throws CircuitError unless all are distinct
  /// qubits of this circuit.
  DynamicCircuit& append(ControlledOperation op) {
    detail::check_operation(op.operation, qubits_);
    auto entry = detail::controlled_entry(std::move(op));
    detail::require_distinct_qubits("DynamicCircuit: a controlled operation", entry.qubits, qubits_);
    return append_entry(tables_.controlled, std::move(entry), detail::controlled_gate);
  }

  /// Adds a unitary matrix to the table and returns its number there, for any number of operations. Throws ShapeError
  /// unless it is of 1 to 4 qubits, ValueError if it is not unitary to 1e-9, CircuitError for a name that is no
  /// identifier, is "m" and a number, or is that of an unequal matrix.
  int add_matrix(const OperationMatrix& matrix, std::string_view name = {}) {
    if (!name.empty()) detail::require_name("DynamicCircuit: a matrix", name, "m");
    add_entry(detail::unitary_matrix(matrix, name));
    return static_cast<int>(tables_.matrices.size()) - 1;
  }

  /// Adds an operation by a matrix of the table: `append(MatrixOperation{{2, 0}, number})`. Throws CircuitError for a
  /// matrix that is not there or qubits that are not distinct ones of this circuit, ShapeError unless they are as many
  /// as the matrix has.
  DynamicCircuit& append(MatrixOperation op) {
    if (op.matrix < 0 || static_cast<std::size_t>(op.matrix) >= tables_.matrices.size()) {
      throw CircuitError(
          detail::text("qmtl: DynamicCircuit: a matrix must be below ", tables_.matrices.size(), ", got ", op.matrix));
    }
    const auto matrix = matrix_of(tables_.matrices[static_cast<std::size_t>(op.matrix)]);
    detail::require_size("DynamicCircuit: qubits of an operation by a matrix", op.qubits.size(),
                         detail::matrix_qubits("a matrix", matrix));
    detail::require_distinct_qubits("DynamicCircuit: an operation by a matrix", op.qubits, qubits_);
    return append_entry(tables_.on_matrices, std::move(op), detail::matrix_gate);
  }

  /// The same with a matrix that is added with it.
  DynamicCircuit& unitary(const OperationMatrix& matrix, std::vector<int> qubits, std::string_view name = {}) {
    return all_or_nothing([&] { append(MatrixOperation{std::move(qubits), add_matrix(matrix, name)}); });
  }

  /// Adds the operations of a circuit of at most as many qubits, which may be a part of this one, with its matrices,
  /// where this circuit has no equal ones of equal names, and its parameters' names, where they have none here. Throws
  /// CircuitError as for one operation, or if a name is that of another parameter or an unequal matrix here.
  DynamicCircuit& append(CircuitView part) {
    detail::require_narrow("DynamicCircuit", part.qubits, qubits_);
    detail::check_operation(part, part.qubits);
    return append_each(part, 0, [](auto op) { return op; });
  }

  /// Adds the operations of a circuit placed on a window: qubit q of the part becomes qubit window[q] of this circuit.
  /// Throws ShapeError unless the window has as many qubits as the part, CircuitError if they are not distinct qubits
  /// of this circuit.
  DynamicCircuit& append(CircuitView part, std::span<const int> window) {
    detail::require_size("DynamicCircuit: qubits of the window", window.size(), part.qubits);
    detail::require_distinct_qubits("DynamicCircuit: a window", window, qubits_);
    detail::check_operation(part, part.qubits);
    return append_each(part, 0, [window](auto op) { return relabel(std::move(op), window); });
  }
  DynamicCircuit& append(CircuitView part, std::initializer_list<int> window) {
    return append(part, std::span(window.begin(), window.size()));
  }

  /// Calls feature i, or weight j, so in drawings and text. Throws CircuitError for a name that is no identifier, is
  /// that of another of its kind, or that a feature or weight without a name has ("x3", "w3").
  DynamicCircuit& name_feature(int i, std::string_view name) {
    detail::set_name(tables_.names.features, 'x', i, name);
    return *this;
  }
  DynamicCircuit& name_weight(int j, std::string_view name) {
    detail::set_name(tables_.names.weights, 'w', j, name);
    return *this;
  }

  friend bool operator==(const DynamicCircuit& a, const DynamicCircuit& b) { return CircuitView(a) == CircuitView(b); }
  /// Equal to a circuit of any kind with the same qubits and operations.
  friend bool operator==(const DynamicCircuit& a, const CircuitView& b) { return CircuitView(a) == b; }

  friend DynamicCircuit inverse(CircuitView c);
  friend DynamicCircuit shift_weights(CircuitView c, int by);

 private:
  /// Runs `change`, which only adds at the ends. If it throws, what it added goes again.
  template <class Change>
  DynamicCircuit& all_or_nothing(const Change& change) {
    const auto operations = operations_.size(), controlled = tables_.controlled.size(),
               on_matrices = tables_.on_matrices.size(), matrices = tables_.matrices.size(),
               features = tables_.names.features.size(), weights = tables_.names.weights.size();
    const auto shrink = [](auto& table, std::size_t size) {
      table.erase(table.begin() + static_cast<std::ptrdiff_t>(size), table.end());
    };
    try {
      change();
    } catch (...) {
      shrink(operations_, operations);
      shrink(tables_.controlled, controlled);
      shrink(tables_.on_matrices, on_matrices);
      shrink(tables_.matrices, matrices);
      shrink(tables_.names.features, features);
      shrink(tables_.names.weights, weights);
      throw;
    }
    return *this;
  }

  void add_entry(UnitaryMatrix matrix) {
    for (const auto& known : tables_.matrices) {
      if (matrix.name.empty() || known.name != matrix.name || known == matrix) continue;
      throw CircuitError(
          detail::text("qmtl: DynamicCircuit: a matrix's name must be new, but '", known.name, "' is another matrix"));
    }
    tables_.matrices.push_back(std::move(matrix));
  }

  template <class Table, class Entry>
  DynamicCircuit& append_entry(Table& table, Entry entry, Gate kind) {
    return all_or_nothing([&] {
      table.push_back(std::move(entry));
      operations_.push_back({kind, {static_cast<int>(table.size()) - 1}, {}});
    });
  }

  /// Adds change(op) for each of the operations of a part that has been checked, whose weights are raised by `shift`.
  template <class Change>
  DynamicCircuit& append_each(const CircuitView& part, int shift, const Change& change) {
    const std::vector<Operation> ops(part.operations.begin(), part.operations.end());  // it may be this circuit's
    return all_or_nothing([&] {
      const std::vector<int> numbers = add_tables(part, shift);
      for (const auto& op : ops) {
        if (const auto* by_matrix = part.by_matrix(op)) {
          MatrixOperation changed = change(*by_matrix);
          changed.matrix = numbers[static_cast<std::size_t>(changed.matrix)];
          append_entry(tables_.on_matrices, std::move(changed), detail::matrix_gate);
        } else if (const auto* controlled = part.controlled(op)) {
          append_entry(tables_.controlled, detail::controlled_entry(change(*controlled)), detail::controlled_gate);
        } else {
          operations_.push_back(change(op));
        }
      }
    });
  }

  /// Adds the names and matrices of a part; returns the number of each matrix here.
  std::vector<int> add_tables(const CircuitView& part, int shift) {
    std::vector<int> numbers;
    if (part.tables == nullptr) return numbers;
    detail::add_names(tables_.names.features, 'x', part.tables->names.features, 0);
    detail::add_names(tables_.names.weights, 'w', part.tables->names.weights, shift);
    for (std::size_t m = 0; m < part.tables->matrices.size(); ++m) {
      const auto& table = tables_.matrices;
      const auto found = part.tables == &tables_ ? table.begin() + static_cast<std::ptrdiff_t>(m)
                                                 : std::find(table.begin(), table.end(), part.tables->matrices[m]);
      numbers.push_back(static_cast<int>(found - table.begin()));
      if (found == table.end()) add_entry(part.tables->matrices[m]);
    }
    return numbers;
  }

  int qubits_;
  std::vector<Operation> operations_;
  detail::CircuitTables tables_;
};

/// The same circuit a number of times, with the same parameters each time. Throws CircuitError for a negative number.
[[nodiscard]] inline DynamicCircuit repeat(CircuitView c, int times) {
  if (times < 0) throw CircuitError(detail::text("qmtl: repeat: a circuit cannot be repeated ", times, " times"));
  DynamicCircuit out(c.qubits);
  for (int k = 0; k < times; ++k) out.append(c);
  return out;
}

/// The circuit that undoes `c`: each operation's inverse, last first.
[[nodiscard]] inline DynamicCircuit inverse(CircuitView c) {
  validate(c);
  std::vector<Operation> reversed(c.operations.rbegin(), c.operations.rend());
  DynamicCircuit out(c.qubits);
  return std::move(out.append_each({c.qubits, reversed, c.tables}, 0, [](auto op) { return inverse(std::move(op)); }));
}

/// `c` on a register of `qubits` qubits, of which it uses those of a window: qubit q of `c` becomes qubit window[q].
/// With as many qubits as `c` has, a relabelling. Throws as DynamicCircuit::append.
[[nodiscard]] inline DynamicCircuit on(CircuitView c, int qubits, std::span<const int> window) {
  return std::move(DynamicCircuit(qubits).append(c, window));
}
[[nodiscard]] inline DynamicCircuit on(CircuitView c, int qubits, std::initializer_list<int> window) {
  return on(c, qubits, std::span(window.begin(), window.size()));
}

/// `c` with every weight index raised by `by`, so that its weights follow those of another circuit. Throws CircuitError
/// for an index that would be negative.
[[nodiscard]] inline DynamicCircuit shift_weights(CircuitView c, int by) {
  validate(c);
  DynamicCircuit out(c.qubits);
  return std::move(out.append_each(c, by, [by](auto op) { return shift_weights(std::move(op), by); }));
}

}  // namespace qmtl::inline QMTL_ABI
