#pragma once
// SPDX-License-Identifier: Apache-2.0
// What passes ask of a program's instructions.

#include <variant>

#include "qmtl/circuit/bind_parameters.hpp"

namespace qmtl::inline QMTL_ABI {

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
