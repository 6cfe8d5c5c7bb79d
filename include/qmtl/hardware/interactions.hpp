#pragma once
// SPDX-License-Identifier: Apache-2.0
// InteractionGraph: which qubits of a program have gates together, and how many.

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/hardware/passes/instructions.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// The two qubits of an instruction that must be coupled for it, or a pair of -1 if it is on one or is a barrier.
/// Throws CircuitError, in the name of `where`, for other instructions on more than two.
[[nodiscard]] inline std::pair<int, int> coupled_qubits(std::string_view where, const Instruction& instruction) {
  if (std::holds_alternative<Barrier>(instruction.action)) return {-1, -1};
  const auto qubits = instruction_qubits(instruction);
  if (qubits.size() > 2) {
    throw CircuitError(text("qmtl: ", where, ": an instruction, expected on at most 2 qubits, got one on ",
                            qubits.size(), ": decompose the program first"));
  }
  return qubits.size() == 2 ? std::pair(qubits[0], qubits[1]) : std::pair(-1, -1);
}

}  // namespace detail

/// The pairs of a program's qubits that have gates, matrices or channels together.
class InteractionGraph {
 public:
  /// Throws CircuitError for an instruction, other than a barrier, on more than two qubits.
  explicit InteractionGraph(const Program& program) : qubits_(program.qubits()) {
    for (const auto& instruction : program.instructions()) {
      const auto [a, b] = detail::coupled_qubits("InteractionGraph", instruction);
      if (a >= 0) counted_.push_back({{std::min(a, b), std::max(a, b)}, 1});
    }
    std::ranges::sort(counted_, {}, &Counted::pair);
    std::size_t last = 0;
    for (std::size_t i = 1; i < counted_.size(); ++i) {
      if (counted_[i].pair == counted_[last].pair) {
        ++counted_[last].count;
      } else {
        counted_[++last] = counted_[i];
      }
    }
    if (!counted_.empty()) counted_.resize(last + 1);
  }

  [[nodiscard]] int qubits() const noexcept { return qubits_; }
  /// Each pair once, the smaller qubit first, in ascending order.
  [[nodiscard]] std::vector<std::pair<int, int>> pairs() const {
    std::vector<std::pair<int, int>> out;
    for (const auto& counted : counted_) out.push_back(counted.pair);
    return out;
  }
  /// How many instructions two qubits have together.
  [[nodiscard]] int count(int a, int b) const noexcept {
    const std::pair<int, int> pair(std::min(a, b), std::max(a, b));
    const auto at = std::ranges::lower_bound(counted_, pair, {}, &Counted::pair);
    return at != counted_.end() && at->pair == pair ? at->count : 0;
  }
  /// The qubits that have some, in ascending order.
  [[nodiscard]] std::vector<int> busy() const {
    std::vector<int> out;
    for (const auto& counted : counted_) {
      out.push_back(counted.pair.first);
      out.push_back(counted.pair.second);
    }
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

 private:
  struct Counted {
    std::pair<int, int> pair;
    int count = 0;
  };

  int qubits_;
  std::vector<Counted> counted_;
};

}  // namespace qmtl::inline QMTL_ABI
