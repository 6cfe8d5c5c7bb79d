#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where amplitudes lie: CX, SWAP and X only relabel basis states, so they change an address map and move no data.

#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/core/bits.hpp"

namespace qmtl::inline QMTL_ABI::detail {

using Address = std::uint32_t;
inline constexpr int max_lane_qubits = 24;

/// The address of logical basis state i is origin XOR the columns of its set bits: a GF(2)-affine map.
struct AddressMap {
  std::array<Address, max_lane_qubits> columns{};
  Address origin = 0;
  int qubits = 0;

  constexpr explicit AddressMap(int n) noexcept : qubits(n) {
    for (int q = 0; q < n; ++q) columns[static_cast<std::size_t>(q)] = Address{1} << q;
  }

  [[nodiscard]] constexpr Address at(Index logical) const noexcept {
    Address address = origin;
    for (; logical != 0; logical &= logical - 1)
      address ^= columns[static_cast<std::size_t>(std::countr_zero(logical))];
    return address;
  }

  /// Follows a gate that permutes basis states linearly; returns false for every other gate.
  constexpr bool follow(const Operation& op) noexcept {
    auto& a = columns[static_cast<std::size_t>(op.qubits[0])];
    auto& b = columns[static_cast<std::size_t>(op.qubits[1])];
    switch (op.gate) {
      case Gate::Id: return true;
      case Gate::X: origin ^= a; return true;
      case Gate::CX: a ^= b; return true;  // new state y = E x, so V <- V E: the control's column takes the target's
      case Gate::SWAP: std::swap(a, b); return true;
      default: return false;
    }
  }
};

}  // namespace qmtl::inline QMTL_ABI::detail
