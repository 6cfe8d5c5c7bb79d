#pragma once
// SPDX-License-Identifier: Apache-2.0
// The gate set: names, numbers of qubits and angles, and which gate undoes which.

#include <array>
#include <cstdint>
#include <string_view>

#include "qmtl/core/error.hpp"

namespace qmtl {

/// Every gate a circuit may hold. Rotations follow the half-angle convention: RY(a) = exp(-i a Y / 2).
/// U(theta, phi, lambda) = P(phi) RY(theta) P(lambda), whose entry <0|U|0> = cos(theta / 2) is real. The built-in U of
/// OpenQASM 3 is exp(i theta / 2) times this, that of OpenQASM 2 exp(-i (phi + lambda) / 2) times this: the same gate
/// on its own, another one once it is controlled.
enum class Gate : std::uint8_t {
  Id,
  X,
  Y,
  Z,
  H,
  S,
  Sdg,
  T,
  Tdg,
  SX,
  SXdg,
  RX,
  RY,
  RZ,
  P,
  U,
  CX,
  CY,
  CZ,
  CH,
  CRX,
  CRY,
  CRZ,
  CP,
  SWAP,
  ISWAP,
  ISWAPdg,
  RXX,
  RYY,
  RZZ,
  Toffoli,
  Fredkin
};

/// Static facts about a gate. Qubits are listed controls first, then targets.
struct GateInfo {
  /// As in OpenQASM 3's stdgates.inc, which lacks sxdg, u (there U is built in), iswap, iswapdg, rxx, ryy and rzz.
  std::string_view name;
  int qubits;
  int controls;
  int angles;
};

inline constexpr int gate_kinds = 32;

namespace detail {
inline constexpr std::array<GateInfo, gate_kinds> gate_table{{
    {"id", 1, 0, 0},   {"x", 1, 0, 0},     {"y", 1, 0, 0},       {"z", 1, 0, 0},   {"h", 1, 0, 0},    {"s", 1, 0, 0},
    {"sdg", 1, 0, 0},  {"t", 1, 0, 0},     {"tdg", 1, 0, 0},     {"sx", 1, 0, 0},  {"sxdg", 1, 0, 0}, {"rx", 1, 0, 1},
    {"ry", 1, 0, 1},   {"rz", 1, 0, 1},    {"p", 1, 0, 1},       {"u", 1, 0, 3},   {"cx", 2, 1, 0},   {"cy", 2, 1, 0},
    {"cz", 2, 1, 0},   {"ch", 2, 1, 0},    {"crx", 2, 1, 1},     {"cry", 2, 1, 1}, {"crz", 2, 1, 1},  {"cp", 2, 1, 1},
    {"swap", 2, 0, 0}, {"iswap", 2, 0, 0}, {"iswapdg", 2, 0, 0}, {"rxx", 2, 0, 1}, {"ryy", 2, 0, 1},  {"rzz", 2, 0, 1},
    {"ccx", 3, 2, 0},  {"cswap", 3, 1, 0},
}};

/// The position of a gate in a table of all; a number that was cast to Gate may have none.
[[nodiscard]] constexpr std::size_t gate_index(Gate gate) {
  return static_cast<std::size_t>(gate) < gate_table.size()
             ? static_cast<std::size_t>(gate)
             : throw CircuitError(
                   text("qmtl: a gate must be one of Gate's enumerators, got number ", static_cast<int>(gate)));
}
}  // namespace detail

/// Name, qubits, controls and angles of a gate. Throws CircuitError (or does not compile) for a value of Gate without a
/// name, as does all that asks for a gate's facts.
[[nodiscard]] constexpr const GateInfo& info(Gate gate) { return detail::gate_table[detail::gate_index(gate)]; }

/// The gate of the same qubits that undoes this one; a gate with angles is undone by itself with other angles.
[[nodiscard]] constexpr Gate inverse(Gate gate) noexcept {
  switch (gate) {
    case Gate::S: return Gate::Sdg;
    case Gate::Sdg: return Gate::S;
    case Gate::T: return Gate::Tdg;
    case Gate::Tdg: return Gate::T;
    case Gate::SX: return Gate::SXdg;
    case Gate::SXdg: return Gate::SX;
    case Gate::ISWAP: return Gate::ISWAPdg;
    case Gate::ISWAPdg: return Gate::ISWAP;
    default: return gate;
  }
}

/// True for CRX, CRY and CRZ, whose expectation values need the four-term shift rule: their generator has the
/// eigenvalues -1/2, 0, +1/2. Every other angle of the gate set needs two terms only.
[[nodiscard]] constexpr bool needs_four_term_shift(Gate gate) noexcept {
  return gate == Gate::CRX || gate == Gate::CRY || gate == Gate::CRZ;
}

}  // namespace qmtl
