#pragma once
// SPDX-License-Identifier: Apache-2.0
// fuse_one_qubit_gates: gates on one qubit that follow one another become as few of a basis as their product allows.

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program_copy.hpp"
#include "qmtl/hardware/passes/instructions.hpp"
#include "qmtl/hardware/synthesis/one_qubit.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Holds back the product of gates on each qubit until something else comes there.
class OneQubitFuser {
 public:
  OneQubitFuser(const Program& program, const Basis& basis)
      : source_(&program), basis_(&basis), out_(program), pending_(static_cast<std::size_t>(program.qubits())) {}

  [[nodiscard]] Program run() && {
    for (const auto& step : source_->instructions()) take(step);
    for (int q = 0; q < source_->qubits(); ++q) flush(q);
    return std::move(out_.program);
  }

 private:
  void take(const Instruction& step) {
    const auto* op = std::get_if<Operation>(&step.action);
    if (op != nullptr && info(op->gate).qubits == 1) return take_gate(*op, step);
    for (const int q : instruction_qubits(step)) flush(q);
    out_.copy(step);
  }

  void take_gate(const Operation& op, const Instruction& step) {
    const int q = op.qubits[0];
    if (!step.condition && is_bound(op)) return hold(op);
    std::vector<Operation> parts;
    write_one_qubit_gate(op, *basis_, parts);
    for (const auto& part : parts) {
      if (!step.condition && is_bound(part)) {
        hold(part);
      } else {
        flush(q);
        out_.program.append(part, step.condition);
      }
    }
  }

  void hold(const Operation& op) {
    auto& product = pending_[static_cast<std::size_t>(op.qubits[0])];
    const Unitary2 matrix = one_qubit_matrix(op);
    product = product ? times(matrix, *product) : matrix;
  }

  void flush(int qubit) {
    auto& product = pending_[static_cast<std::size_t>(qubit)];
    if (!product) return;
    ops_.clear();
    OneQubitWriter(*basis_, qubit, ops_).write(*product);
    for (const auto& op : ops_) out_.program.append(op);
    product.reset();
  }

  const Program* source_;
  const Basis* basis_;
  ProgramCopy out_;
  std::vector<std::optional<Unitary2>> pending_;
  std::vector<Operation> ops_;
};

}  // namespace detail

/// The program with all gates on one qubit in a basis: runs of them as their product, up to a phase of the state. Those
/// with angles of features or weights, which keep them, and those that are done on a condition end a run.
[[nodiscard]] inline Program fuse_one_qubit_gates(const Program& program, const Basis& basis) {
  return detail::OneQubitFuser(program, basis).run();
}

}  // namespace qmtl::inline QMTL_ABI
