#pragma once
// SPDX-License-Identifier: Apache-2.0
// One gate on its qubits with its angles, and a builder function for every gate.

#include <algorithm>
#include <array>
#include <concepts>
#include <span>

#include "qmtl/circuit/angle.hpp"
#include "qmtl/circuit/gate.hpp"

namespace qmtl::inline QMTL_ABI {

/// A gate placed on qubits (controls first), with the sources of its angles.
struct Operation {
  Gate gate = Gate::Id;
  std::array<int, max_gate_qubits> qubits{};
  std::array<Angle, max_gate_angles> angles{};

  /// The qubits in use, 1 to 4 of them.
  [[nodiscard]] constexpr std::span<const int> targets() const {
    return {qubits.data(), static_cast<std::size_t>(info(gate).qubits)};
  }
  /// The angles in use, 0, 1, 3 or 4 of them.
  [[nodiscard]] constexpr std::span<const Angle> used_angles() const {
    return {angles.data(), static_cast<std::size_t>(info(gate).angles)};
  }

  /// Equal in gate, and in the qubits and angles that it uses.
  friend constexpr bool operator==(const Operation& a, const Operation& b) {
    if (a.gate != b.gate) return false;
    if (static_cast<std::size_t>(a.gate) >= detail::gate_table.size()) return a.qubits == b.qubits;
    const auto& facts = info(a.gate);
    return std::equal(a.qubits.begin(), a.qubits.begin() + facts.qubits, b.qubits.begin()) &&
           std::equal(a.angles.begin(), a.angles.begin() + facts.angles, b.angles.begin());
  }
};

namespace detail {
/// The place of a qubit in a relabelling. Throws CircuitError for one that has none.
[[nodiscard]] constexpr int relabelled(int q, std::span<const int> map) {
  if (q < 0 || static_cast<std::size_t>(q) >= map.size()) {
    throw CircuitError(text("qmtl: relabel: a qubit must be below the map's size ", map.size(), ", got ", q));
  }
  return map[static_cast<std::size_t>(q)];
}
}  // namespace detail

/// The operation with qubit map[q] in the place of qubit q. Throws CircuitError for a qubit that is not below the map's
/// size.
[[nodiscard]] constexpr Operation relabel(Operation op, std::span<const int> map) {
  for (int j = 0; j < info(op.gate).qubits; ++j) {
    auto& q = op.qubits[static_cast<std::size_t>(j)];
    q = detail::relabelled(q, map);
  }
  return op;
}

/// The operation with every weight index raised by `by`. Throws CircuitError for an index that would be negative or too
/// large.
[[nodiscard]] constexpr Operation shift_weights(Operation op, int by) {
  bool negative = false, large = false;  // thrown for here, so that compilers need few lines to say so
  for (int a = 0; a < info(op.gate).angles; ++a) {
    for_each_weight(op.angles[static_cast<std::size_t>(a)], [&](int& index) {
      const auto raised = static_cast<long long>(index) + by;
      negative |= raised < 0;
      large |= raised > max_parameter_index;
      if (!negative && !large) index = static_cast<int>(raised);
    });
  }
  if (negative) throw CircuitError("qmtl: a feature or weight index must not be negative");
  if (large) throw CircuitError("qmtl: a feature or weight index must be at most 2^30");
  return op;
}

/// The operation that undoes this one.
[[nodiscard]] constexpr Operation inverse(const Operation& op) {
  const auto& facts = info(op.gate);
  Operation undo{facts.inverse, op.qubits, {}};
  for (std::size_t a = 0; a < op.used_angles().size(); ++a) {
    undo.angles[a] = -op.angles[static_cast<std::size_t>(facts.inverse_angles[a])];
  }
  return undo;
}

/// Builders, one a gate: `gate::h(0)`, `gate::cx(control, target)`, `gate::ry(2, 0.5 * weight(1))`. Angles in radians.
namespace gate {

/// A qubit among the arguments of a builder. Other libraries write the angle first: an angle or a floating-point number
/// in the place of a qubit does not compile.
struct Qubit {
  int index = 0;

  constexpr Qubit(int qubit) noexcept : index(qubit) {}  // NOLINT(google-explicit-constructor)
  /// Of another integer type; throws CircuitError for one that no int can be.
  template <std::integral T>
  constexpr Qubit(T qubit) : index(static_cast<int>(qubit)) {  // NOLINT(google-explicit-constructor)
    if (index < 0 || static_cast<T>(index) != qubit) {
      throw CircuitError(detail::text("qmtl: a qubit must be 0 to 2147483647, got ", qubit));
    }
  }
  Qubit(bool) = delete;
  Qubit(char) = delete;
  template <class T>
  requires std::floating_point<T> || std::same_as<T, Angle>
  constexpr Qubit(T) noexcept {  // NOLINT(google-explicit-constructor)
    constexpr bool is_integer = std::integral<T>;
    static_assert(is_integer,
                  "qmtl: a gate's qubits must be integers and come before its angles: gate::ry(qubit, angle)");
  }
};

[[nodiscard]] constexpr Operation id(Qubit q) { return {Gate::Id, {q.index}, {}}; }
[[nodiscard]] constexpr Operation x(Qubit q) { return {Gate::X, {q.index}, {}}; }
[[nodiscard]] constexpr Operation y(Qubit q) { return {Gate::Y, {q.index}, {}}; }
[[nodiscard]] constexpr Operation z(Qubit q) { return {Gate::Z, {q.index}, {}}; }
[[nodiscard]] constexpr Operation h(Qubit q) { return {Gate::H, {q.index}, {}}; }
[[nodiscard]] constexpr Operation s(Qubit q) { return {Gate::S, {q.index}, {}}; }
[[nodiscard]] constexpr Operation sdg(Qubit q) { return {Gate::Sdg, {q.index}, {}}; }
[[nodiscard]] constexpr Operation t(Qubit q) { return {Gate::T, {q.index}, {}}; }
[[nodiscard]] constexpr Operation tdg(Qubit q) { return {Gate::Tdg, {q.index}, {}}; }
[[nodiscard]] constexpr Operation sx(Qubit q) { return {Gate::SX, {q.index}, {}}; }
[[nodiscard]] constexpr Operation sxdg(Qubit q) { return {Gate::SXdg, {q.index}, {}}; }
[[nodiscard]] constexpr Operation rx(Qubit q, Angle a) { return {Gate::RX, {q.index}, {a}}; }
[[nodiscard]] constexpr Operation ry(Qubit q, Angle a) { return {Gate::RY, {q.index}, {a}}; }
[[nodiscard]] constexpr Operation rz(Qubit q, Angle a) { return {Gate::RZ, {q.index}, {a}}; }
[[nodiscard]] constexpr Operation p(Qubit q, Angle a) { return {Gate::P, {q.index}, {a}}; }
[[nodiscard]] constexpr Operation u(Qubit q, Angle theta, Angle phi, Angle lambda) {
  return {Gate::U, {q.index}, {theta, phi, lambda}};
}
[[nodiscard]] constexpr Operation cx(Qubit control, Qubit target) {
  return {Gate::CX, {control.index, target.index}, {}};
}
[[nodiscard]] constexpr Operation cy(Qubit control, Qubit target) {
  return {Gate::CY, {control.index, target.index}, {}};
}
[[nodiscard]] constexpr Operation cz(Qubit control, Qubit target) {
  return {Gate::CZ, {control.index, target.index}, {}};
}
[[nodiscard]] constexpr Operation ch(Qubit control, Qubit target) {
  return {Gate::CH, {control.index, target.index}, {}};
}
[[nodiscard]] constexpr Operation crx(Qubit control, Qubit target, Angle a) {
  return {Gate::CRX, {control.index, target.index}, {a}};
}
[[nodiscard]] constexpr Operation cry(Qubit control, Qubit target, Angle a) {
  return {Gate::CRY, {control.index, target.index}, {a}};
}
[[nodiscard]] constexpr Operation crz(Qubit control, Qubit target, Angle a) {
  return {Gate::CRZ, {control.index, target.index}, {a}};
}
[[nodiscard]] constexpr Operation cp(Qubit control, Qubit target, Angle a) {
  return {Gate::CP, {control.index, target.index}, {a}};
}
[[nodiscard]] constexpr Operation swap(Qubit a, Qubit b) { return {Gate::SWAP, {a.index, b.index}, {}}; }
[[nodiscard]] constexpr Operation iswap(Qubit a, Qubit b) { return {Gate::ISWAP, {a.index, b.index}, {}}; }
[[nodiscard]] constexpr Operation iswapdg(Qubit a, Qubit b) { return {Gate::ISWAPdg, {a.index, b.index}, {}}; }
[[nodiscard]] constexpr Operation rxx(Qubit a, Qubit b, Angle angle) {
  return {Gate::RXX, {a.index, b.index}, {angle}};
}
[[nodiscard]] constexpr Operation ryy(Qubit a, Qubit b, Angle angle) {
  return {Gate::RYY, {a.index, b.index}, {angle}};
}
[[nodiscard]] constexpr Operation rzz(Qubit a, Qubit b, Angle angle) {
  return {Gate::RZZ, {a.index, b.index}, {angle}};
}
[[nodiscard]] constexpr Operation toffoli(Qubit control0, Qubit control1, Qubit target) {
  return {Gate::Toffoli, {control0.index, control1.index, target.index}, {}};
}
[[nodiscard]] constexpr Operation fredkin(Qubit control, Qubit a, Qubit b) {
  return {Gate::Fredkin, {control.index, a.index, b.index}, {}};
}

/// exp(-i angle Z X / 2) with Z on the first qubit.
[[nodiscard]] constexpr Operation rzx(Qubit z, Qubit x, Angle angle) {
  return {Gate::RZX, {z.index, x.index}, {angle}};
}
/// X on the first qubit after rzx(first, second, pi / 2); not the same with the qubits exchanged.
[[nodiscard]] constexpr Operation ecr(Qubit first, Qubit second) {
  return {Gate::ECR, {first.index, second.index}, {}};
}
/// exp(-i angle (XX + YY) / 4), which turns |01> and |10> into each other; PennyLane's IsingXY(-angle).
[[nodiscard]] constexpr Operation xx_plus_yy(Qubit a, Qubit b, Angle angle) {
  return {Gate::XXPlusYY, {a.index, b.index}, {angle}};
}
[[nodiscard]] constexpr Operation siswap(Qubit a, Qubit b) { return {Gate::SISWAP, {a.index, b.index}, {}}; }
[[nodiscard]] constexpr Operation siswapdg(Qubit a, Qubit b) { return {Gate::SISWAPdg, {a.index, b.index}, {}}; }
/// |01> -> cos(angle / 2) |01> + sin(angle / 2) |10>, qubit a leftmost.
[[nodiscard]] constexpr Operation single_excitation(Qubit a, Qubit b, Angle angle) {
  return {Gate::SingleExcitation, {a.index, b.index}, {angle}};
}
/// |0011> -> cos(angle / 2) |0011> + sin(angle / 2) |1100>, qubits a, b, c, d from left to right.
[[nodiscard]] constexpr Operation double_excitation(Qubit a, Qubit b, Qubit c, Qubit d, Angle angle) {
  return {Gate::DoubleExcitation, {a.index, b.index, c.index, d.index}, {angle}};
}
/// exp(i gamma) U(theta, phi, lambda) where the control is one.
[[nodiscard]] constexpr Operation cu(Qubit control, Qubit target, Angle theta, Angle phi, Angle lambda, Angle gamma) {
  return {Gate::CU, {control.index, target.index}, {theta, phi, lambda, gamma}};
}

}  // namespace gate
}  // namespace qmtl::inline QMTL_ABI
