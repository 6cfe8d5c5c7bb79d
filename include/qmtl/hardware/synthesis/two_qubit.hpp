#pragma once
// SPDX-License-Identifier: Apache-2.0
// Circuits of any unitary matrix on two qubits, with as few entangling gates as there can be.

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "qmtl/hardware/synthesis/weyl.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Appends U gates of the local factors of a decomposition.
inline void append_local(const std::array<Unitary2, 2>& factors, int first, int second, std::vector<Operation>& out) {
  for (std::size_t k = 0; k < 2; ++k) {
    if (!is_identity(factors[k], synthesis_tolerance)) out.push_back(u_gate(factors[k], k == 0 ? first : second));
  }
}

/// exp(i (a XX + b YY + c ZZ)) by CX: one for (pi/4, 0, 0), two for c = 0, else three (Vatan and Williams 2004,
/// arXiv:quant-ph/0308006, figure 6).
inline void append_canonical(const std::array<double, 3>& coordinates, int first, int second,
                             std::vector<Operation>& out) {
  const auto [a, b, c] = coordinates;
  const auto add = [&out](const auto&... ops) { (out.push_back(ops), ...); };
  switch (entangling_gates(coordinates)) {
    case 0: return;
    case 1:
      return add(gate::h(first), gate::cx(first, second), gate::rz(first, -pi / 2), gate::rx(second, -pi / 2),
                 gate::h(first));
    case 2:
      add(gate::rx(first, -pi / 2), gate::rx(second, -pi / 2), gate::cx(first, second), gate::rx(first, -2 * a));
      return add(gate::rz(second, -2 * b), gate::cx(first, second), gate::rx(first, pi / 2), gate::rx(second, pi / 2));
    default:
      add(gate::rz(second, pi / 2), gate::cx(second, first), gate::rz(first, pi / 2 - 2 * c));
      add(gate::ry(second, pi / 2 - 2 * a), gate::cx(first, second), gate::ry(second, 2 * b - pi / 2));
      return add(gate::cx(second, first), gate::rz(first, -pi / 2));
  }
}

/// exp(i (a XX + b YY + c ZZ)) by an RZZ of an angle in [0, pi/2] for each coordinate that is not zero.
inline void append_canonical_rzz(const std::array<double, 3>& coordinates, int first, int second,
                                 std::vector<Operation>& out) {
  for (std::size_t k = 0; k < 3; ++k) {
    const double angle = -2 * coordinates[k];
    if (std::abs(coordinates[k]) < synthesis_tolerance) continue;
    const auto both = [&](const Operation& on_first, const Operation& on_second) {
      if (k < 2) out.push_back(on_first), out.push_back(on_second);
    };
    const auto turn = [&](double sign) {  // Z into X by H, into Y by a quarter of a turn about X
      if (k == 0) both(gate::h(first), gate::h(second));
      if (k == 1) both(gate::rx(first, sign * pi / 2), gate::rx(second, sign * pi / 2));
    };
    turn(1);
    if (angle < 0) out.push_back(gate::x(first));
    out.push_back(gate::rzz(first, second, std::min(std::abs(angle), pi / 2)));
    if (angle < 0) out.push_back(gate::x(first));
    turn(-1);
  }
}

}  // namespace detail

/// CX and gates on one qubit, first to last, whose product is the matrix of a decomposition up to a phase: none to
/// three CX, the fewest that there can be.
[[nodiscard]] inline std::vector<Operation> cx_circuit(const WeylDecomposition& weyl, int first, int second) {
  std::vector<Operation> out;
  detail::append_local(weyl.right, first, second, out);
  detail::append_canonical(weyl.coordinates, first, second, out);
  detail::append_local(weyl.left, first, second, out);
  return out;
}

/// The number of gates of rzz_circuit: of the coordinates that are not zero.
[[nodiscard]] inline int rzz_gates(const std::array<double, 3>& coordinates) {
  int count = 0;
  for (const double x : coordinates) count += std::abs(x) < synthesis_tolerance ? 0 : 1;
  return count;
}

/// The same with RZZ of angles in [0, pi/2] in the place of CX: rzz_gates of them.
[[nodiscard]] inline std::vector<Operation> rzz_circuit(const WeylDecomposition& weyl, int first, int second) {
  std::vector<Operation> out;
  detail::append_local(weyl.right, first, second, out);
  detail::append_canonical_rzz(weyl.coordinates, first, second, out);
  detail::append_local(weyl.left, first, second, out);
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
