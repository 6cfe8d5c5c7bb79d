#pragma once
// SPDX-License-Identifier: Apache-2.0
// DynamicCircuit: a circuit whose qubits and operations are known at run time only, and combinators that make one.

#include <algorithm>
#include <span>
#include <vector>

#include "qmtl/circuit/circuit.hpp"

namespace qmtl::inline QMTL_ABI {

/// Operations on a number of qubits that is known at run time, each checked as it comes in. Whatever takes a
/// CircuitView takes it: drawings, counts, light cones, states, gradients. A failed call leaves the circuit as it was.
class DynamicCircuit {
 public:
  /// The empty circuit on 1 to 4096 qubits. Throws CircuitError for another number.
  explicit DynamicCircuit(int qubits) : qubits_(qubits) { validate(CircuitView(qubits, {})); }

  /// A copy of any circuit. Throws CircuitError if it is not valid.
  explicit DynamicCircuit(CircuitView circuit) : DynamicCircuit(circuit.qubits) { append(circuit); }

  [[nodiscard]] int qubits() const noexcept { return qubits_; }
  [[nodiscard]] std::size_t size() const noexcept { return operations_.size(); }
  [[nodiscard]] std::span<const Operation> ops() const& noexcept { return operations_; }
  std::span<const Operation> ops() && = delete;                // of a circuit that is gone when they are read
  operator CircuitView() const noexcept QMTL_LIFETIME_BOUND {  // NOLINT(google-explicit-constructor)
    return {qubits_, operations_};
  }

  /// Adds an operation at the end. Throws CircuitError for a qubit that is not below qubits() or is named twice, or an
  /// angle without a valid source.
  DynamicCircuit& append(const Operation& op) {
    detail::check_operation(op, qubits_);
    operations_.push_back(op);
    return *this;
  }

  /// Adds the operations of a circuit of at most as many qubits, which may be a part of this one. Throws CircuitError
  /// as for one operation.
  DynamicCircuit& append(CircuitView part) {
    detail::require_narrow("DynamicCircuit", part.qubits, qubits_);
    detail::check_operation(part, qubits_);
    const std::vector<Operation> copy(part.operations.begin(), part.operations.end());
    operations_.insert(operations_.end(), copy.begin(), copy.end());
    return *this;
  }

  /// Adds the operations of a circuit placed on a window: qubit q of the part becomes qubit window[q] of this circuit.
  /// Throws ShapeError unless the window has as many qubits as the part, CircuitError if they are not distinct qubits
  /// of this circuit.
  DynamicCircuit& append(CircuitView part, std::span<const int> window) {
    detail::require_size("DynamicCircuit: qubits of the window", window.size(), part.qubits);
    detail::require_distinct_qubits("DynamicCircuit: a window", window, qubits_);
    detail::check_operation(part, part.qubits);
    std::vector<Operation> placed;
    for (const auto& op : part.operations) placed.push_back(relabel(op, window));
    operations_.insert(operations_.end(), placed.begin(), placed.end());
    return *this;
  }

  friend bool operator==(const DynamicCircuit& a, const DynamicCircuit& b) { return CircuitView(a) == CircuitView(b); }
  /// Equal to a circuit of any kind with the same qubits and operations.
  friend bool operator==(const DynamicCircuit& a, const CircuitView& b) { return CircuitView(a) == b; }

 private:
  int qubits_;
  std::vector<Operation> operations_;
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
  DynamicCircuit out(c.qubits);
  for (std::size_t i = c.operations.size(); i-- > 0;) out.append(inverse(c.operations[i]));
  return out;
}

/// `c` on a register of `qubits` qubits, of which it uses those of a window: qubit q of `c` becomes qubit window[q].
/// With as many qubits as `c` has, a relabelling. Throws as DynamicCircuit::append.
[[nodiscard]] inline DynamicCircuit on(CircuitView c, int qubits, std::span<const int> window) {
  return DynamicCircuit(qubits).append(c, window);
}

/// `c` with every weight index raised by `by`, so that its weights follow those of another circuit. Throws CircuitError
/// for an index that would be negative.
[[nodiscard]] inline DynamicCircuit shift_weights(CircuitView c, int by) {
  DynamicCircuit out(c.qubits);
  for (const auto& op : c.operations) out.append(shift_weights(op, by));
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
