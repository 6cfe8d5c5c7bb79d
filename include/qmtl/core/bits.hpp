#pragma once
// SPDX-License-Identifier: Apache-2.0
// THE qubit order: qubit q is bit q of the state index, qubit 0 the least significant, in every interface.

#include <bit>
#include <cstddef>
#include <cstdint>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI {

/// Index of a basis state: the sum over qubits q of b_q * 2^q.
using Index = std::uint64_t;

/// Number of basis states of `qubits` qubits.
[[nodiscard]] constexpr Index dimension(int qubits) noexcept { return Index{1} << qubits; }

/// The mask whose only set bit is that of qubit `q`.
[[nodiscard]] constexpr Index qubit_mask(int q) noexcept { return Index{1} << q; }

/// The value, 0 or 1, of qubit `q` in basis state `index`.
[[nodiscard]] constexpr int bit_of(Index index, int q) noexcept { return static_cast<int>((index >> q) & 1u); }

/// Shifts the bits from position `q` up by one place and puts a zero at `q`.
[[nodiscard]] constexpr Index insert_zero(Index index, int q) noexcept {
  const Index low = index & (qubit_mask(q) - 1);
  return ((index ^ low) << 1) | low;
}

/// +1 or -1: the eigenvalue of the product of Z over `mask` in basis state `index`.
[[nodiscard]] constexpr int parity_sign(Index index, Index mask) noexcept {
  return (std::popcount(index & mask) & 1) != 0 ? -1 : 1;
}

}  // namespace qmtl::inline QMTL_ABI
