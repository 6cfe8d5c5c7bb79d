#pragma once
// SPDX-License-Identifier: Apache-2.0
// Every gate as a few 2x2 matrices on pairs of amplitudes: the one form that all simulators interpret.

#include <array>

#include "qmtl/circuit/operation.hpp"
#include "qmtl/core/bits.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// The pairs (i, i ^ flip) of basis states, i running over all indices whose bits at the `fixed` positions equal those
/// of `set`. A gate on a single qubit pairs indices that differ there; a control fixes its bit to one; SWAP pairs 01
/// and 10.
template <int Capacity>
struct BasicPairSet {
  std::array<int, static_cast<std::size_t>(Capacity)> fixed{};  ///< ascending
  int fixed_count = 0;
  Index set = 0;
  Index flip = 0;

  friend constexpr bool operator==(const BasicPairSet&, const BasicPairSet&) = default;
};
using PairSet = BasicPairSet<max_gate_qubits>;

/// A 2x2 matrix on a set of pairs. `sign` multiplies the angle: RZZ is RZ(a) on one set of pairs and RZ(-a) on another.
template <class Pairs>
struct BasicElementary {
  Pairs pairs;
  PairGate gate = PairGate::X;
  int angle = -1;  ///< which of the operation's angles, or -1
  double sign = 1.0;

  [[nodiscard]] constexpr bool parametric() const noexcept { return angle >= 0; }
};
using Elementary = BasicElementary<PairSet>;

/// A gate's elementary gates, applied first to last; empty for the identity.
struct Expansion {
  std::array<Elementary, GateInfo::max_parts> parts{};
  int count = 0;

  [[nodiscard]] constexpr const Elementary* begin() const noexcept { return parts.data(); }
  [[nodiscard]] constexpr const Elementary* end() const noexcept { return parts.data() + count; }
  constexpr void add(const Elementary& part) noexcept { parts[static_cast<std::size_t>(count++)] = part; }
};

namespace detail {

/// The qubits of an operation, ascending.
[[nodiscard]] constexpr std::array<int, max_gate_qubits> sorted_qubits(const Operation& op) {
  std::array<int, max_gate_qubits> sorted{};
  int count = 0;
  for (const int q : op.targets()) {  // insertion sort of very few
    int j = count++;
    for (; j > 0 && sorted[static_cast<std::size_t>(j - 1)] > q; --j) {
      sorted[static_cast<std::size_t>(j)] = sorted[static_cast<std::size_t>(j - 1)];
    }
    sorted[static_cast<std::size_t>(j)] = q;
  }
  return sorted;
}

/// The register's basis state in which the gate's j-th qubit has the value of bit j, and all others are zero.
[[nodiscard]] constexpr Index place_bits(unsigned bits, const Operation& op) {
  Index placed = 0;
  for (int j = 0; bits >> j != 0; ++j) {
    if (((bits >> j) & 1u) != 0) placed |= qubit_mask(op.qubits[static_cast<std::size_t>(j)]);
  }
  return placed;
}

}  // namespace detail

/// The elementary gates whose product is the operation.
[[nodiscard]] constexpr Expansion expand(const Operation& op) {
  Expansion out;
  const auto& facts = info(op.gate);
  const auto sorted = detail::sorted_qubits(op);
  for (const auto& part : facts.parts()) {
    const PairSet pairs{sorted, facts.qubits, detail::place_bits(part.set, op), detail::place_bits(part.flip, op)};
    out.add({pairs, part.gate, part.angle, part.sign});
  }
  return out;
}

/// The angle in radians of a parametric elementary gate of `op`, or 0.
template <Scalar S, class Pairs>
[[nodiscard]] constexpr S angle_of(const BasicElementary<Pairs>& part, const Operation& op, const S* x,
                                   const S* w) noexcept {
  if (!part.parametric()) return S(0);
  return static_cast<S>(part.sign) * evaluate(op.angles[static_cast<std::size_t>(part.angle)], x, w);
}

}  // namespace qmtl::inline QMTL_ABI
