#pragma once
// SPDX-License-Identifier: Apache-2.0
// resynthesise_pairs: gates that follow one another on the same two qubits as few entangling gates.

#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/hardware/passes/instructions.hpp"
#include "qmtl/hardware/passes/native_pairs.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Gathers blocks of gates on two qubits. A block is written when something else comes on one of its qubits: all that
/// was before it there has been written, and nothing that comes after.
class PairResynthesis {
 public:
  PairResynthesis(const Program& program, const NativeGates& gates)
      : source_(&program), gates_(&gates), out_(program), open_(static_cast<std::size_t>(program.qubits()), none) {}

  [[nodiscard]] Program run() && {
    for (const auto& step : source_->instructions()) take(step);
    for (int q = 0; q < source_->qubits(); ++q) close(q);
    return std::move(out_.program);
  }

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  /// Gates on one qubit, or on two.
  struct Block {
    std::vector<int> qubits;
    std::vector<Operation> ops;
  };

  void take(const Instruction& step) {
    const auto* op = bound_gate(step);
    if (op == nullptr || info(op->gate).qubits > 2) {
      for (const int q : instruction_qubits(step)) close(q);
      return out_.copy(step);
    }
    if (info(op->gate).qubits == 1) return block_of(op->qubits[0]).ops.push_back(*op);
    const int a = op->qubits[0], b = op->qubits[1];
    if (open(a) == none || open(a) != open(b)) join(a, b);
    block_of(a).ops.push_back(*op);
  }

  [[nodiscard]] std::size_t& open(int qubit) { return open_[static_cast<std::size_t>(qubit)]; }

  /// The block that is open on a qubit, a new one if there is none.
  [[nodiscard]] Block& block_of(int qubit) {
    if (open(qubit) == none) {
      open(qubit) = blocks_.size();
      blocks_.push_back({{qubit}, {}});
    }
    return blocks_[open(qubit)];
  }

  /// Makes one block of those on two qubits, after closing what is open with others.
  void join(int a, int b) {
    Block joined{{a, b}, {}};
    for (const int q : {a, b}) {
      if (open(q) != none && blocks_[open(q)].qubits.size() == 2) close(q);
      if (open(q) == none) continue;
      auto& ops = blocks_[open(q)].ops;
      joined.ops.insert(joined.ops.end(), ops.begin(), ops.end());
      ops.clear();
    }
    open(a) = open(b) = blocks_.size();
    blocks_.push_back(std::move(joined));
  }

  void close(int qubit) {
    if (open(qubit) == none) return;
    const Block block = std::move(blocks_[open(qubit)]);
    for (const int q : block.qubits) open(q) = none;
    if (block.qubits.size() == 2) return write(block);
    write(block.ops);
  }

  /// As it is, or by its matrix where that takes fewer entangling gates.
  void write(const Block& block) {
    const int a = block.qubits[0], b = block.qubits[1];
    const NativePair pair = gates_->pair(a, b);
    if (is_minimal(block)) return write(block.ops);
    Unitary4 product = Unitary4::Identity();
    int count = 0;
    for (const auto& op : block.ops) {
      const Unitary4 matrix = two_qubit_matrix(op, a, b);
      product = times(matrix, product);
      if (info(op.gate).qubits == 2) count += count_of(op, pair);
    }
    const auto weyl = weyl_decomposition(product);
    if (choose_pair_gates(weyl, pair).count >= count) return write(block.ops);
    std::vector<Operation> ops;
    append_matrix(weyl, a, b, pair, ops);
    write(ops);
  }
  void write(const std::vector<Operation>& ops) {
    for (const auto& op : ops) out_.program.append(op);
  }

  /// Whether there is but one gate on two qubits, a device's own that entangles.
  [[nodiscard]] bool is_minimal(const Block& block) const {
    int count = 0;
    for (const auto& op : block.ops) {
      if (info(op.gate).qubits == 1) continue;
      if (++count > 1 || op.gate == Gate::RZZ || !gates_->native(op)) return false;
    }
    return true;
  }

  [[nodiscard]] int count_of(const Operation& op, const NativePair& pair) const {
    if (gates_->native(op)) return 1;
    return choose_pair_gates(weyl_decomposition(two_qubit_matrix(op, op.qubits[0], op.qubits[1])), pair).count;
  }

  const Program* source_;
  const NativeGates* gates_;
  ProgramCopy out_;
  std::vector<std::size_t> open_;  ///< of each qubit, its open block
  std::vector<Block> blocks_;
};

}  // namespace detail

/// The program with the gates that follow one another on two qubits replaced by as few of the device's as their product
/// allows, zero to three of CX, CZ and ECR, where they are more: SWAP gates that routing put beside others are merged
/// with them. The same up to a phase of the state. Gates with angles of features or weights, and all that is done on a
/// condition, end a block. Throws CircuitError for qubits that the device does not couple.
[[nodiscard]] inline Program resynthesise_pairs(const Program& program, const NativeGates& gates) {
  return detail::PairResynthesis(program, gates).run();
}

}  // namespace qmtl::inline QMTL_ABI
