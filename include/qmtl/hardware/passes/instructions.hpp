#pragma once
// SPDX-License-Identifier: Apache-2.0
// What passes ask of a program's instructions.

#include <span>
#include <type_traits>
#include <variant>
#include <vector>

#include "qmtl/circuit/bind_parameters.hpp"

namespace qmtl::inline QMTL_ABI {

/// All qubits of an instruction, controls first.
[[nodiscard]] inline std::vector<int> instruction_qubits(const Instruction& step) {
  return std::visit(
      [](const auto& action) -> std::vector<int> {
        using Action = std::remove_cvref_t<decltype(action)>;
        if constexpr (std::is_same_v<Action, Operation>) {
          return {action.targets().begin(), action.targets().end()};
        } else if constexpr (std::is_same_v<Action, ControlledOperation>) {
          return detail::controlled_entry(action).qubits;
        } else if constexpr (std::is_same_v<Action, Measurement> || std::is_same_v<Action, Reset>) {
          return {action.qubit};
        } else {
          return action.qubits;
        }
      },
      step.action);
}

/// The gate of the table that an instruction always applies, or null.
[[nodiscard]] inline const Operation* plain_gate(const Instruction& step) {
  return step.condition ? nullptr : std::get_if<Operation>(&step.action);
}

/// The same if its angles are numbers, so that it has a matrix.
[[nodiscard]] inline const Operation* bound_gate(const Instruction& step) {
  const Operation* op = plain_gate(step);
  return op != nullptr && is_bound(*op) ? op : nullptr;
}

}  // namespace qmtl::inline QMTL_ABI
