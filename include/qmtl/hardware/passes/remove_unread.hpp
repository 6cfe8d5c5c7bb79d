#pragma once
// SPDX-License-Identifier: Apache-2.0
// What no measurement can tell: diagonal gates right before it, and resets of qubits that are zero.

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program_copy.hpp"
#include "qmtl/hardware/passes/instructions.hpp"

namespace qmtl::inline QMTL_ABI {

/// The program without diagonal gates all of whose qubits are measured next, which changes no outcome and no state
/// after it but for a phase.
[[nodiscard]] inline Program remove_diagonal_before_measurement(const Program& program) {
  const auto steps = program.instructions();
  std::vector<bool> read(static_cast<std::size_t>(program.qubits()), false), kept(steps.size(), true);
  for (std::size_t i = steps.size(); i-- > 0;) {
    const auto qubits = instruction_qubits(steps[i]);
    const Operation* op = plain_gate(steps[i]);
    const bool all_read = std::ranges::all_of(qubits, [&](int q) { return read[static_cast<std::size_t>(q)]; });
    kept[i] = op == nullptr || !is_diagonal(op->gate) || !all_read;
    if (!kept[i] || std::holds_alternative<Barrier>(steps[i].action)) continue;
    const bool measures = std::holds_alternative<Measurement>(steps[i].action) && !steps[i].condition;
    for (const int q : qubits) read[static_cast<std::size_t>(q)] = measures;
  }
  ProgramCopy out(program);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (kept[i]) out.copy(steps[i]);
  }
  return std::move(out.program);
}

/// The program without resets of qubits on which nothing has been done: it starts in |0...0>.
[[nodiscard]] inline Program remove_resets_of_zero(const Program& program) {
  std::vector<bool> touched(static_cast<std::size_t>(program.qubits()), false);
  ProgramCopy out(program);
  for (const auto& step : program.instructions()) {
    const auto* reset = std::get_if<Reset>(&step.action);
    if (reset != nullptr && !touched[static_cast<std::size_t>(reset->qubit)]) continue;
    out.copy(step);
    if (std::holds_alternative<Barrier>(step.action)) continue;
    for (const int q : instruction_qubits(step)) touched[static_cast<std::size_t>(q)] = true;
  }
  return std::move(out.program);
}

}  // namespace qmtl::inline QMTL_ABI
