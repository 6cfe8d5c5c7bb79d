#pragma once
// SPDX-License-Identifier: Apache-2.0
// Basis: the gates that a device has, as synthesis needs to know them.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "qmtl/circuit/gate.hpp"

namespace qmtl::inline QMTL_ABI {

/// What gates on one qubit are made of.
enum class OneQubitBasis : std::uint8_t {
  u,      ///< one U; about Z one phase gate, if there is one
  rz_sx,  ///< at most RZ, SX, RZ, SX, RZ
  rz_rx,  ///< at most RZ, RX, RZ
  rz_ry,  ///< at most RZ, RY, RZ
};

/// The gates that programs are written in: those on one qubit, and one on two that is CX up to local gates. The phase
/// gate is RZ, or P, which is the same up to a phase of the state.
struct Basis {
  OneQubitBasis one_qubit = OneQubitBasis::rz_sx;
  std::optional<Gate> phase = Gate::RZ;  ///< RZ or P; none is for OneQubitBasis::u only
  bool x = true;                         ///< X beside two SX
  Gate entangler = Gate::CX;             ///< CX, CZ, ECR, or RZZ of pi/2
  bool rzz = false;                      ///< RZZ of any angle in [0, pi/2] beside it

  friend bool operator==(const Basis&, const Basis&) = default;
};

namespace detail {

/// The library's gate of a name of basis gates, with those of OpenQASM 2's first library. Its u2, which is U for one
/// theta only, is none.
[[nodiscard]] inline std::optional<Gate> basis_gate(std::string_view name) {
  using Name = std::pair<std::string_view, Gate>;
  for (const auto& [other, gate] : {Name{"u1", Gate::P}, Name{"u3", Gate::U}, Name{"u", Gate::U}, Name{"U", Gate::U},
                                    Name{"CX", Gate::CX}, Name{"cnot", Gate::CX}}) {
    if (name == other) return gate;
  }
  for (const auto& row : gate_table) {
    if (row.name == name) return row.gate;
  }
  return std::nullopt;
}

[[nodiscard]] inline std::string joined(std::span<const std::string> names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace detail

/// The basis of gates by the publisher's names, "rz", "sx", "ecr", or "u1", "u2", "u3", "cx"; of several on two qubits
/// that are CX up to local gates, the first. Others, as "id", "u2", "reset" and "delay", make no difference. Throws
/// ValueError unless all gates on one qubit, and one of CX, CZ, ECR and RZZ, can be made.
[[nodiscard]] inline Basis basis_of(std::span<const std::string> names) {
  std::array<bool, static_cast<std::size_t>(gate_kinds)> has{};
  Basis out;
  bool entangles = false;
  for (const auto& name : names) {
    const auto gate = detail::basis_gate(name);
    if (!gate) continue;
    has[detail::gate_index(*gate)] = true;
    const bool is_cx = *gate == Gate::CX || *gate == Gate::CZ || *gate == Gate::ECR;
    if (is_cx && !entangles) out.entangler = *gate;
    entangles = entangles || is_cx;
  }
  const auto known = [&has](Gate gate) { return has[detail::gate_index(gate)]; };
  out.rzz = known(Gate::RZZ);
  out.x = known(Gate::X);
  if (!entangles) out.entangler = Gate::RZZ;
  out.phase.reset();
  for (const Gate gate : {Gate::P, Gate::RZ}) {
    if (known(gate)) out.phase = gate;
  }
  out.one_qubit = known(Gate::U)    ? OneQubitBasis::u
                  : known(Gate::RX) ? OneQubitBasis::rz_rx
                  : known(Gate::SX) ? OneQubitBasis::rz_sx
                                    : OneQubitBasis::rz_ry;
  const bool turns = known(Gate::U) || (out.phase && (known(Gate::RX) || known(Gate::SX) || known(Gate::RY)));
  if (turns && (entangles || out.rzz)) return out;
  throw ValueError(
      detail::text("qmtl: basis_of: basis gates, expected u, or rz or p and one of sx, rx and ry, and one "
                   "of cx, cz, ecr and rzz, got '",
                   detail::joined(names), "'"));
}

}  // namespace qmtl::inline QMTL_ABI
