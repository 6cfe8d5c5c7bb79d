#pragma once
// SPDX-License-Identifier: Apache-2.0
// The steps of a program: operations, matrices, channels, measurements, resets, barriers, and on what they depend.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/circuit_tables.hpp"
#include "qmtl/circuit/readout_error.hpp"

namespace qmtl::inline QMTL_ABI {

/// A named group of classical bits, of which bit j of the register is bit first + j of the program.
struct ClassicalRegister {
  std::string name;
  int first = 0;
  int bits = 0;

  friend bool operator==(const ClassicalRegister&, const ClassicalRegister&) = default;
};

/// Holds while a register, read as a binary number whose bit 0 is the least significant, has a value; or, with a mask,
/// while its bits that are set in the mask have it.
struct Condition {
  int classical_register = 0;  ///< its position in Program::registers()
  std::uint64_t value = 0;
  std::uint64_t mask = ~std::uint64_t{0};

  [[nodiscard]] constexpr bool holds(std::uint64_t of_register) const noexcept { return (of_register & mask) == value; }

  friend bool operator==(const Condition&, const Condition&) = default;
};

/// rho -> sum_k K_k rho K_k^dagger; K_k is matrix first + k of the program's table, on qubits as in MatrixOperation.
struct Channel {
  std::vector<int> qubits;
  int first = 0;
  int count = 0;

  friend bool operator==(const Channel&, const Channel&) = default;
};

/// Reads a qubit in the computational basis into a classical bit of the program, rightly or not: the qubit is left in
/// the state of what was there, the bit is what was read.
struct Measurement {
  int qubit = 0;
  int bit = 0;
  ReadoutError error{};

  friend bool operator==(const Measurement&, const Measurement&) = default;
};

/// Puts a qubit into |0>, whatever it was.
struct Reset {
  int qubit = 0;

  friend bool operator==(const Reset&, const Reset&) = default;
};

/// Nothing moves across on these qubits.
struct Barrier {
  std::vector<int> qubits;

  friend bool operator==(const Barrier&, const Barrier&) = default;
};

/// One step of a program, done only while the condition, if there is one, holds.
struct Instruction {
  std::variant<Operation, ControlledOperation, MatrixOperation, Channel, Measurement, Reset, Barrier> action;
  std::optional<Condition> condition;

  friend bool operator==(const Instruction&, const Instruction&) = default;
};
static_assert(std::is_nothrow_move_constructible_v<Instruction>);

[[nodiscard]] inline Channel relabel(Channel channel, std::span<const int> map) {
  for (int& q : channel.qubits) q = detail::relabelled(q, map);
  return channel;
}
[[nodiscard]] inline Measurement relabel(Measurement m, std::span<const int> map) {
  m.qubit = detail::relabelled(m.qubit, map);
  return m;
}
[[nodiscard]] inline Reset relabel(Reset reset, std::span<const int> map) {
  return {detail::relabelled(reset.qubit, map)};
}
[[nodiscard]] inline Barrier relabel(Barrier barrier, std::span<const int> map) {
  for (int& q : barrier.qubits) q = detail::relabelled(q, map);
  return barrier;
}
/// The instruction with qubit map[q] in the place of qubit q. Throws CircuitError for a qubit that has no place.
[[nodiscard]] inline Instruction relabel(const Instruction& instruction, std::span<const int> map) {
  return std::visit(
      [&](const auto& action) {
        return Instruction{relabel(action, map), instruction.condition};
      },
      instruction.action);
}

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

/// The gate of an instruction with its angles, or null.
[[nodiscard]] inline const Operation* gate_of(const Instruction& instruction) {
  if (const auto* controlled = std::get_if<ControlledOperation>(&instruction.action)) return &controlled->operation;
  return std::get_if<Operation>(&instruction.action);
}

}  // namespace qmtl::inline QMTL_ABI
