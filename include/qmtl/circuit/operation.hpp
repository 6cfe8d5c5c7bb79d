#pragma once
// SPDX-License-Identifier: Apache-2.0
// One gate on its qubits with its angles, and a builder function for every gate.

#include <array>
#include <concepts>
#include <span>
#include <utility>

#include "qmtl/circuit/angle.hpp"
#include "qmtl/circuit/gate.hpp"

namespace qmtl {

/// A gate placed on qubits (controls first), with the sources of its angles.
struct Operation {
  Gate gate = Gate::Id;
  std::array<int, 3> qubits{};
  std::array<Angle, 3> angles{};

  /// The qubits in use, 1 to 3 of them.
  [[nodiscard]] constexpr std::span<const int> targets() const {
    return {qubits.data(), static_cast<std::size_t>(info(gate).qubits)};
  }
  /// The angles in use, 0, 1 or 3 of them.
  [[nodiscard]] constexpr std::span<const Angle> used_angles() const {
    return {angles.data(), static_cast<std::size_t>(info(gate).angles)};
  }

  friend constexpr bool operator==(const Operation&, const Operation&) = default;
};

/// The operation that undoes this one.
[[nodiscard]] constexpr Operation inverse(const Operation& op) {
  Operation undo = op;
  undo.gate = inverse(op.gate);
  for (auto& angle : undo.angles) angle = -angle;
  if (op.gate == Gate::U) std::swap(undo.angles[1], undo.angles[2]);
  return undo;
}

/// Builders, one a gate: `gate::h(0)`, `gate::cx(control, target)`, `gate::ry(2, 0.5 * weight(1))`. Angles in radians.
namespace gate {

[[nodiscard]] constexpr Operation id(int q) { return {Gate::Id, {q}, {}}; }
[[nodiscard]] constexpr Operation x(int q) { return {Gate::X, {q}, {}}; }
[[nodiscard]] constexpr Operation y(int q) { return {Gate::Y, {q}, {}}; }
[[nodiscard]] constexpr Operation z(int q) { return {Gate::Z, {q}, {}}; }
[[nodiscard]] constexpr Operation h(int q) { return {Gate::H, {q}, {}}; }
[[nodiscard]] constexpr Operation s(int q) { return {Gate::S, {q}, {}}; }
[[nodiscard]] constexpr Operation sdg(int q) { return {Gate::Sdg, {q}, {}}; }
[[nodiscard]] constexpr Operation t(int q) { return {Gate::T, {q}, {}}; }
[[nodiscard]] constexpr Operation tdg(int q) { return {Gate::Tdg, {q}, {}}; }
[[nodiscard]] constexpr Operation sx(int q) { return {Gate::SX, {q}, {}}; }
[[nodiscard]] constexpr Operation sxdg(int q) { return {Gate::SXdg, {q}, {}}; }
[[nodiscard]] constexpr Operation rx(int q, Angle a) { return {Gate::RX, {q}, {a}}; }
[[nodiscard]] constexpr Operation ry(int q, Angle a) { return {Gate::RY, {q}, {a}}; }
[[nodiscard]] constexpr Operation rz(int q, Angle a) { return {Gate::RZ, {q}, {a}}; }
[[nodiscard]] constexpr Operation p(int q, Angle a) { return {Gate::P, {q}, {a}}; }
[[nodiscard]] constexpr Operation u(int q, Angle theta, Angle phi, Angle lambda) {
  return {Gate::U, {q}, {theta, phi, lambda}};
}
/// Other libraries write the angle first; a qubit is never a floating-point number.
template <std::floating_point T>
Operation rx(T, Angle) = delete;
template <std::floating_point T>
Operation ry(T, Angle) = delete;
template <std::floating_point T>
Operation rz(T, Angle) = delete;
template <std::floating_point T>
Operation p(T, Angle) = delete;

[[nodiscard]] constexpr Operation cx(int control, int target) { return {Gate::CX, {control, target}, {}}; }
[[nodiscard]] constexpr Operation cy(int control, int target) { return {Gate::CY, {control, target}, {}}; }
[[nodiscard]] constexpr Operation cz(int control, int target) { return {Gate::CZ, {control, target}, {}}; }
[[nodiscard]] constexpr Operation ch(int control, int target) { return {Gate::CH, {control, target}, {}}; }
[[nodiscard]] constexpr Operation crx(int control, int target, Angle a) { return {Gate::CRX, {control, target}, {a}}; }
[[nodiscard]] constexpr Operation cry(int control, int target, Angle a) { return {Gate::CRY, {control, target}, {a}}; }
[[nodiscard]] constexpr Operation crz(int control, int target, Angle a) { return {Gate::CRZ, {control, target}, {a}}; }
[[nodiscard]] constexpr Operation cp(int control, int target, Angle a) { return {Gate::CP, {control, target}, {a}}; }
[[nodiscard]] constexpr Operation swap(int a, int b) { return {Gate::SWAP, {a, b}, {}}; }
[[nodiscard]] constexpr Operation iswap(int a, int b) { return {Gate::ISWAP, {a, b}, {}}; }
[[nodiscard]] constexpr Operation iswapdg(int a, int b) { return {Gate::ISWAPdg, {a, b}, {}}; }
[[nodiscard]] constexpr Operation rxx(int a, int b, Angle angle) { return {Gate::RXX, {a, b}, {angle}}; }
[[nodiscard]] constexpr Operation ryy(int a, int b, Angle angle) { return {Gate::RYY, {a, b}, {angle}}; }
[[nodiscard]] constexpr Operation rzz(int a, int b, Angle angle) { return {Gate::RZZ, {a, b}, {angle}}; }
[[nodiscard]] constexpr Operation toffoli(int control0, int control1, int target) {
  return {Gate::Toffoli, {control0, control1, target}, {}};
}
[[nodiscard]] constexpr Operation fredkin(int control, int a, int b) { return {Gate::Fredkin, {control, a, b}, {}}; }

}  // namespace gate
}  // namespace qmtl
