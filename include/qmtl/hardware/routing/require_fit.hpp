#pragma once
// SPDX-License-Identifier: Apache-2.0
// Whether a program can have a place on a device at all, before any work is done on it.

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/hardware/target.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Throws CircuitError, in the name of `where`, for more qubits than the target has.
inline void require_width(std::string_view where, const Program& program, const Target& target) {
  if (program.qubits() <= target.couplings.qubits()) return;
  throw CircuitError(text("qmtl: ", where, ": a circuit of ", program.qubits(), " qubits, expected at most ",
                          target.couplings.qubits(), ", those of ", in_quotes(target.name)));
}

/// How many are in the largest set of those that pairs connect, directly or through others.
[[nodiscard]] inline int largest_part(int count, std::span<const std::pair<int, int>> pairs) {
  std::vector<int> parent(static_cast<std::size_t>(count));
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&parent](int i) {
    while (parent[static_cast<std::size_t>(i)] != i) {
      int& up = parent[static_cast<std::size_t>(i)];
      i = up = parent[static_cast<std::size_t>(up)];
    }
    return i;
  };
  for (const auto& [a, b] : pairs) parent[static_cast<std::size_t>(root(a))] = root(b);
  std::vector<int> sizes(parent.size());
  for (int i = 0; i < count; ++i) ++sizes[static_cast<std::size_t>(root(i))];
  return *std::ranges::max_element(sizes);
}

/// Throws CircuitError also where more qubits are tied together by gates, of any width, than by couplings.
inline void require_fit(std::string_view where, const Program& program, const Target& target) {
  require_width(where, program, target);
  std::vector<std::pair<int, int>> ties;
  for (const auto& step : program.instructions()) {
    if (std::holds_alternative<Barrier>(step.action)) continue;
    const auto qubits = instruction_qubits(step);
    for (std::size_t i = 1; i < qubits.size(); ++i) ties.emplace_back(qubits[0], qubits[i]);
  }
  const int needed = largest_part(program.qubits(), ties);
  const int there = largest_part(target.couplings.qubits(), target.couplings.pairs());
  if (needed <= there) return;
  throw CircuitError(text("qmtl: ", where, ": a circuit in which gates tie ", needed,
                          " qubits together, expected at most ", there, ", as many as are connected on ",
                          in_quotes(target.name)));
}

}  // namespace qmtl::inline QMTL_ABI::detail
