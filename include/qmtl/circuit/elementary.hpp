#pragma once
// SPDX-License-Identifier: Apache-2.0
// Every gate as one to three 2x2 matrices on pairs of amplitudes: the one form that all simulators interpret.

#include <array>
#include <cmath>
#include <complex>
#include <cstdint>

#include "qmtl/circuit/operation.hpp"
#include "qmtl/core/bits.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl {

/// The pairs (i, i ^ flip) of basis states, i running over all indices whose bits at the `fixed` positions equal those
/// of `set`. A gate on a single qubit pairs indices that differ there; a control fixes its bit to one; SWAP pairs 01
/// and 10.
struct PairSet {
  std::array<int, 3> fixed{};  ///< ascending
  int fixed_count = 0;
  Index set = 0;
  Index flip = 0;

  friend constexpr bool operator==(const PairSet&, const PairSet&) = default;
};

/// The 2x2 matrices that occur; IX is i*X, the off-diagonal part of iSWAP.
enum class PairGate : std::uint8_t { X, Y, Z, H, S, Sdg, T, Tdg, SX, SXdg, IX, IXdg, RX, RY, RZ, P };

/// A 2x2 matrix on a set of pairs. `sign` multiplies the angle: RZZ is RZ(a) on one set of pairs and RZ(-a) on another.
struct Elementary {
  PairSet pairs;
  PairGate gate = PairGate::X;
  int angle = -1;  ///< which of the operation's angles, or -1
  double sign = 1.0;

  [[nodiscard]] constexpr bool parametric() const noexcept { return angle >= 0; }
};

/// Up to three elementary gates, applied first to last; empty for the identity.
struct Expansion {
  std::array<Elementary, 3> parts{};
  int count = 0;

  [[nodiscard]] constexpr const Elementary* begin() const noexcept { return parts.data(); }
  [[nodiscard]] constexpr const Elementary* end() const noexcept { return parts.data() + count; }
  constexpr void add(const Elementary& part) noexcept { parts[static_cast<std::size_t>(count++)] = part; }
};

namespace detail {

[[nodiscard]] constexpr PairSet pair_set(const Operation& op, Index set, Index flip) {
  PairSet result;
  result.set = set;
  result.flip = flip;
  result.fixed_count = info(op.gate).qubits;
  for (int i = 0; i < result.fixed_count; ++i) {  // insertion sort of at most three
    int j = i;
    const int q = op.qubits[static_cast<std::size_t>(i)];
    for (; j > 0 && result.fixed[static_cast<std::size_t>(j - 1)] > q; --j) {
      result.fixed[static_cast<std::size_t>(j)] = result.fixed[static_cast<std::size_t>(j - 1)];
    }
    result.fixed[static_cast<std::size_t>(j)] = q;
  }
  return result;
}

/// The matrix that a one-qubit or controlled gate applies to its target.
[[nodiscard]] constexpr PairGate target_matrix(Gate gate) noexcept {
  switch (gate) {
    case Gate::Y:
    case Gate::CY: return PairGate::Y;
    case Gate::Z:
    case Gate::CZ: return PairGate::Z;
    case Gate::H:
    case Gate::CH: return PairGate::H;
    case Gate::S: return PairGate::S;
    case Gate::Sdg: return PairGate::Sdg;
    case Gate::T: return PairGate::T;
    case Gate::Tdg: return PairGate::Tdg;
    case Gate::SX: return PairGate::SX;
    case Gate::SXdg: return PairGate::SXdg;
    case Gate::RX:
    case Gate::CRX: return PairGate::RX;
    case Gate::RY:
    case Gate::CRY: return PairGate::RY;
    case Gate::RZ:
    case Gate::CRZ: return PairGate::RZ;
    case Gate::P:
    case Gate::CP: return PairGate::P;
    default: return PairGate::X;
  }
}

/// SWAP-like gates pair 01 with 10, behind `controls` control qubits.
[[nodiscard]] constexpr Elementary exchange(const Operation& op, int controls, PairGate gate) {
  const Index a = qubit_mask(op.qubits[static_cast<std::size_t>(controls)]);
  const Index b = qubit_mask(op.qubits[static_cast<std::size_t>(controls + 1)]);
  const Index control = controls > 0 ? qubit_mask(op.qubits[0]) : 0;
  return {pair_set(op, control | a, a | b), gate, -1, 1.0};
}

/// exp(-i a P(x)P / 2) for P = X, Y, Z: two sets of pairs, on each a rotation of one qubit by +a or -a.
[[nodiscard]] constexpr Expansion two_qubit_rotation(const Operation& op) {
  const Index a = qubit_mask(op.qubits[0]);
  const Index b = qubit_mask(op.qubits[1]);
  const Index flip = op.gate == Gate::RZZ ? b : (a | b);
  const PairGate gate = op.gate == Gate::RZZ ? PairGate::RZ : PairGate::RX;
  // XX is +1 on both sets of pairs; YY|00> = -|11> but YY|01> = +|10>; ZZ flips the sign of Z on b where a is one.
  Expansion out;
  out.add({pair_set(op, 0, flip), gate, 0, op.gate == Gate::RYY ? -1.0 : 1.0});
  out.add({pair_set(op, a, flip), gate, 0, op.gate == Gate::RZZ ? -1.0 : 1.0});
  return out;
}

}  // namespace detail

/// The elementary gates whose product is the operation.
[[nodiscard]] constexpr Expansion expand(const Operation& op) {
  Expansion out;
  const auto& facts = info(op.gate);
  switch (op.gate) {
    case Gate::Id: return out;
    case Gate::U: {
      const PairSet pairs = detail::pair_set(op, 0, qubit_mask(op.qubits[0]));
      out.add({pairs, PairGate::P, 2, 1.0});
      out.add({pairs, PairGate::RY, 0, 1.0});
      out.add({pairs, PairGate::P, 1, 1.0});
      return out;
    }
    case Gate::SWAP: out.add(detail::exchange(op, 0, PairGate::X)); return out;
    case Gate::ISWAP: out.add(detail::exchange(op, 0, PairGate::IX)); return out;
    case Gate::ISWAPdg: out.add(detail::exchange(op, 0, PairGate::IXdg)); return out;
    case Gate::Fredkin: out.add(detail::exchange(op, 1, PairGate::X)); return out;
    case Gate::RXX:
    case Gate::RYY:
    case Gate::RZZ: return detail::two_qubit_rotation(op);
    default: break;
  }
  Index controls = 0;
  for (int i = 0; i < facts.controls; ++i) controls |= qubit_mask(op.qubits[static_cast<std::size_t>(i)]);
  const Index target = qubit_mask(op.qubits[static_cast<std::size_t>(facts.controls)]);
  out.add({detail::pair_set(op, controls, target), detail::target_matrix(op.gate), facts.angles > 0 ? 0 : -1, 1.0});
  return out;
}

/// What a simulator may exploit in a 2x2 matrix.
enum class PairShape : std::uint8_t { exchange, diagonal, real, general };

[[nodiscard]] constexpr PairShape shape_of(PairGate gate) noexcept {
  switch (gate) {
    case PairGate::X: return PairShape::exchange;
    case PairGate::Z:
    case PairGate::S:
    case PairGate::Sdg:
    case PairGate::T:
    case PairGate::Tdg:
    case PairGate::RZ:
    case PairGate::P: return PairShape::diagonal;
    case PairGate::H:
    case PairGate::RY: return PairShape::real;
    default: return PairShape::general;
  }
}

/// A 2x2 complex matrix {{m00, m01}, {m10, m11}} as plain real parts: std::complex products are slow in hot loops.
template <Scalar S>
struct Matrix2 {
  S re[2][2]{};
  S im[2][2]{};
};

/// The matrix of an elementary gate; `angle` in radians, ignored by gates without one.
template <Scalar S>
[[nodiscard]] Matrix2<S> matrix_of(PairGate gate, S angle) noexcept {
  constexpr S h = static_cast<S>(0.70710678118654752440);
  const bool rotation = gate == PairGate::RX || gate == PairGate::RY || gate == PairGate::RZ;
  const S c = rotation ? std::cos(angle / 2) : S(0);
  const S s = rotation ? std::sin(angle / 2) : S(0);
  switch (gate) {
    case PairGate::X: return {{{0, 1}, {1, 0}}, {}};
    case PairGate::Y: return {{}, {{0, -1}, {1, 0}}};
    case PairGate::Z: return {{{1, 0}, {0, -1}}, {}};
    case PairGate::H: return {{{h, h}, {h, -h}}, {}};
    case PairGate::S: return {{{1, 0}, {0, 0}}, {{0, 0}, {0, 1}}};
    case PairGate::Sdg: return {{{1, 0}, {0, 0}}, {{0, 0}, {0, -1}}};
    case PairGate::T: return {{{1, 0}, {0, h}}, {{0, 0}, {0, h}}};
    case PairGate::Tdg: return {{{1, 0}, {0, h}}, {{0, 0}, {0, -h}}};
    case PairGate::SX: return {{{S(0.5), S(0.5)}, {S(0.5), S(0.5)}}, {{S(0.5), S(-0.5)}, {S(-0.5), S(0.5)}}};
    case PairGate::SXdg: return {{{S(0.5), S(0.5)}, {S(0.5), S(0.5)}}, {{S(-0.5), S(0.5)}, {S(0.5), S(-0.5)}}};
    case PairGate::IX: return {{}, {{0, 1}, {1, 0}}};
    case PairGate::IXdg: return {{}, {{0, -1}, {-1, 0}}};
    case PairGate::RX: return {{{c, 0}, {0, c}}, {{0, -s}, {-s, 0}}};
    case PairGate::RY: return {{{c, -s}, {s, c}}, {}};
    case PairGate::RZ: return {{{c, 0}, {0, c}}, {{-s, 0}, {0, s}}};
    case PairGate::P: return {{{1, 0}, {0, std::cos(angle)}}, {{0, 0}, {0, std::sin(angle)}}};
  }
  return {};
}

/// The angle in radians of a parametric elementary gate of `op`, or 0.
template <Scalar S>
[[nodiscard]] constexpr S angle_of(const Elementary& part, const Operation& op, const S* x, const S* w) noexcept {
  if (!part.parametric()) return S(0);
  return static_cast<S>(part.sign) * evaluate(op.angles[static_cast<std::size_t>(part.angle)], x, w);
}

}  // namespace qmtl
