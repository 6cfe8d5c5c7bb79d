#pragma once
// SPDX-License-Identifier: Apache-2.0
// Whether a circuit can run on a device as it is.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/hardware/native_gates.hpp"
#include "qmtl/hardware/target.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Whether a device's gates have one of the library's: by its name, or those that it had in older devices.
[[nodiscard]] inline bool has_gate(const Target& target, Gate gate) {
  const auto has = [&target](std::string_view name) {
    return std::ranges::find(target.basis_gates, name) != target.basis_gates.end();
  };
  return has(info(gate).name) || (gate == Gate::P && has("u1")) || (gate == Gate::U && has("u3"));
}

[[nodiscard]] inline bool coupled(const Target& target, Gate gate, int a, int b) {
  return target.couplings.directed(a, b) || (is_symmetric(gate) && target.couplings.directed(b, a));
}

}  // namespace detail

/// Throws CircuitError, with the instruction, for a circuit that a device cannot run as it is: more qubits, gates that
/// are not its own or lie on qubits that are not coupled (in the direction that is published, but for gates that have
/// none), angles that are not numbers, or of RZZ not in [0, pi/2], matrices, channels and conditions.
inline void check_runs_on(const Program& program, const Target& target) {
  const auto refuse = [&target](std::size_t i, const auto&... what) {
    throw CircuitError(detail::text("qmtl: ", target.name, ": instruction ", i, ": ", what...));
  };
  if (program.qubits() > target.couplings.qubits()) {
    throw CircuitError(detail::text("qmtl: ", target.name, ": qubits of a circuit, expected at most ",
                                    target.couplings.qubits(), ", got ", program.qubits()));
  }
  const auto steps = program.instructions();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].condition) refuse(i, "expected no condition");
    const auto* op = std::get_if<Operation>(&steps[i].action);
    if (op == nullptr) {
      const bool known = std::holds_alternative<Measurement>(steps[i].action) ||
                         std::holds_alternative<Barrier>(steps[i].action) ||
                         std::holds_alternative<Reset>(steps[i].action);
      if (!known) refuse(i, "expected a gate, got a matrix, a channel or further controls");
      continue;
    }
    const auto& gate = info(op->gate);
    if (!detail::has_gate(target, op->gate)) refuse(i, gate.name, " is none of the device's gates");
    for (const Angle& angle : op->used_angles()) {
      if (angle.source != AngleSource::constant) refuse(i, "expected a number as the angle of ", gate.name);
    }
    if (op->gate == Gate::RZZ && !detail::is_rzz_angle(op->angles[0])) {
      refuse(i, "the angle of rzz, expected a number in [0, pi/2], got ", op->angles[0].offset);
    }
    if (gate.qubits > 2) refuse(i, "expected at most two qubits of ", gate.name);
    if (gate.qubits == 2 && !detail::coupled(target, op->gate, op->qubits[0], op->qubits[1])) {
      refuse(i, gate.name, " on q", op->qubits[0], " q", op->qubits[1], ", which are not coupled");
    }
  }
}

}  // namespace qmtl::inline QMTL_ABI
