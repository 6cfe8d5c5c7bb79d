#pragma once
// SPDX-License-Identifier: Apache-2.0
// RoutedProgram: a program on the qubits of a device, and where its own qubits are before and after; the check of it.

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/hardware/coupling_map.hpp"
#include "qmtl/hardware/interactions.hpp"

namespace qmtl::inline QMTL_ABI {

/// A program with swaps, on as many qubits as the device has. Layouts are from the original's qubits to the device's.
struct RoutedProgram {
  Program program{1};
  std::vector<int> initial_layout, final_layout;
  int swaps = 0;  ///< that were added
  /// Of each instruction the number of the original's, or -1 of a swap that was added.
  std::vector<int> origins{};
};

namespace detail {

/// Replays a routed program: each of its instructions must be the next of the original on all its qubits, or a swap
/// that was added.
class RoutingCheck {
 public:
  RoutingCheck(const Program& original, const RoutedProgram& routed, const CouplingMap& couplings)
      : original_(&original),
        routed_(&routed),
        couplings_(&couplings),
        qubit_at_(static_cast<std::size_t>(couplings.qubits()), -1) {
    require_size("check_routing: qubits of the routed program", routed.program.qubits(), couplings.qubits());
    require_size("check_routing: the initial layout", routed.initial_layout.size(), original.qubits());
    require_distinct_qubits("check_routing: the initial layout", routed.initial_layout, couplings.qubits());
    if (!std::ranges::equal(original.registers(), routed.program.registers())) fail("other classical registers");
    for (std::size_t q = 0; q < routed.initial_layout.size(); ++q) {
      qubit_at_[static_cast<std::size_t>(routed.initial_layout[q])] = static_cast<int>(q);
    }
    for (const auto& instruction : original.instructions()) {
      if (instruction.condition) read_.push_back(instruction.condition->classical_register);
    }
    for (std::size_t i = 0; i < original.instructions().size(); ++i) {
      for (const int line : lines_of(original.instructions()[i])) missing_[line].push_back(i);
    }
  }

  void run() {
    int swaps = 0;
    const auto instructions = routed_->program.instructions();
    for (at_ = 0; at_ < instructions.size(); ++at_) {
      const auto& instruction = instructions[at_];
      check_coupled(instruction);
      if (done_in_original(instruction)) continue;
      if (!is_swap(instruction)) fail("an instruction that does not come next in the original");
      const auto targets = std::get<Operation>(instruction.action).targets();
      std::swap(qubit_at_[static_cast<std::size_t>(targets[0])], qubit_at_[static_cast<std::size_t>(targets[1])]);
      ++swaps;
    }
    check_end(swaps);
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw CircuitError(text("qmtl: check_routing: instruction ", at_, ": ", what));
  }

  [[nodiscard]] static bool is_swap(const Instruction& instruction) {
    const auto* op = std::get_if<Operation>(&instruction.action);
    return op != nullptr && op->gate == Gate::SWAP && !instruction.condition;
  }

  void check_coupled(const Instruction& instruction) const {
    const auto [a, b] = coupled_qubits("check_routing", instruction);
    if (a >= 0 && !couplings_->coupled(a, b)) fail(text("qubits ", a, " and ", b, " are not coupled"));
  }

  /// What an instruction of the original stands in an order on: its qubits, then registers that a condition reads, then
  /// bits.
  [[nodiscard]] std::vector<int> lines_of(const Instruction& instruction) const {
    auto out = instruction_qubits(instruction);
    const auto add_register = [&](int r) {
      const int line = original_->qubits() + r;
      if (std::ranges::find(out, line) == out.end()) out.push_back(line);
    };
    if (instruction.condition) add_register(instruction.condition->classical_register);
    if (const auto* m = std::get_if<Measurement>(&instruction.action)) {
      const auto r = static_cast<int>(original_->register_of(m->bit));
      if (std::ranges::find(read_, r) != read_.end()) add_register(r);
      out.push_back(original_->qubits() + static_cast<int>(original_->registers().size()) + m->bit);
    }
    return out;
  }

  /// Whether an instruction is the next of the original, of which it then is taken.
  [[nodiscard]] bool done_in_original(const Instruction& instruction) {
    const auto is_known = [this](int place) { return qubit_at_[static_cast<std::size_t>(place)] >= 0; };
    if (!std::ranges::all_of(instruction_qubits(instruction), is_known)) return false;
    const Instruction here = relabel(instruction, qubit_at_);
    const auto lines = lines_of(here);
    const auto& first = missing_[lines.front()];
    if (first.empty() || !same(original_->instructions()[first.front()], here)) return false;
    const std::size_t number = first.front();
    for (const int line : lines) {
      const auto& list = missing_[line];
      if (list.empty() || list.front() != number) return false;
    }
    for (const int line : lines) missing_[line].pop_front();
    return true;
  }

  /// Equal, whatever the numbers of equal matrices are.
  [[nodiscard]] bool same(const Instruction& of_original, Instruction of_routed) const {
    if (of_original.action.index() != of_routed.action.index()) return false;
    if (auto* matrix = std::get_if<MatrixOperation>(&of_routed.action)) {
      const int number = std::get<MatrixOperation>(of_original.action).matrix;
      if (!same_matrices(number, matrix->matrix, 1)) return false;
      matrix->matrix = number;
    }
    if (auto* channel = std::get_if<Channel>(&of_routed.action)) {
      const auto& expected = std::get<Channel>(of_original.action);
      if (expected.count != channel->count || !same_matrices(expected.first, channel->first, channel->count)) {
        return false;
      }
      channel->first = expected.first;
    }
    return of_original == of_routed;
  }

  [[nodiscard]] bool same_matrices(int a, int b, int count) const {
    const auto n = static_cast<std::size_t>(count);
    const auto of_a = original_->matrices().subspan(static_cast<std::size_t>(a), n);
    const auto of_b = routed_->program.matrices().subspan(static_cast<std::size_t>(b), n);
    return std::ranges::equal(of_a, of_b, [](const auto& x, const auto& y) { return x.rows() == y.rows() && x == y; });
  }

  void check_end(int swaps) const {
    for (const auto& [line, list] : missing_) {
      if (!list.empty()) fail(text("the end, and instruction ", list.front(), " of the original is missing"));
    }
    require_size("check_routing: the final layout", routed_->final_layout.size(), original_->qubits());
    for (std::size_t q = 0; q < routed_->final_layout.size(); ++q) {
      const int p = routed_->final_layout[q];
      const bool there =
          p >= 0 && p < couplings_->qubits() && qubit_at_[static_cast<std::size_t>(p)] == static_cast<int>(q);
      if (!there) fail(text("the end, and qubit ", q, " is not where the final layout says"));
    }
    if (swaps != routed_->swaps) fail(text("the end, and ", routed_->swaps, " swaps expected, got ", swaps));
  }

  const Program* original_;
  const RoutedProgram* routed_;
  const CouplingMap* couplings_;
  std::vector<int> qubit_at_, read_;
  std::map<int, std::deque<std::size_t>> missing_;  ///< of the original, by what they stand in an order on
  std::size_t at_ = 0;
};

}  // namespace detail

/// Throws CircuitError unless a routed program is the original on coupled qubits: from the initial layout on, each
/// instruction is the next of the original on all its qubits and classical bits, or a swap; nothing is missing; and the
/// qubits end where the final layout says. By replaying it, without anything of what routed it.
inline void check_routing(const Program& original, const RoutedProgram& routed, const CouplingMap& couplings) {
  detail::RoutingCheck(original, routed, couplings).run();
}

}  // namespace qmtl::inline QMTL_ABI
