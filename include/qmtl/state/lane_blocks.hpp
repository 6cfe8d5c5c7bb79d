#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where amplitudes lie: CX, SWAP and X only relabel basis states, so they change an address map and move no data.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/core/bits.hpp"
#include "qmtl/core/config.hpp"

namespace qmtl::detail {

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

/// All addresses as cosets of the span of a few qubits: address(block, local) = base(block) ^ offsets[local], where bit
/// j of `local` is the value of the j-th qubit. Bases follow one another by one XOR each (a binary counter's carries).
struct Blocks {
  int width = 0;
  Address count = 0;             ///< number of blocks
  Address first = 0;             ///< base of block 0
  std::vector<Address> offsets;  ///< 2^width
  std::vector<Address> steps;    ///< steps[k]: from block j-1 to j where j has k trailing zeros

  Blocks() = default;
  Blocks(const AddressMap& map, std::span<const int> qubits)
      : Blocks(columns_of(map, qubits, true), columns_of(map, qubits, false)) {
    first = map.origin;
  }

  /// From explicit vectors: cosets of the span of `moves` with bases in the span of `bases`.
  Blocks(std::span<const Address> moves, std::span<const Address> bases)
      : width(static_cast<int>(moves.size())), count(Address{1} << bases.size()) {
    offsets.resize(std::size_t{1} << width);
    for (std::size_t local = 1; local < offsets.size(); ++local) {
      offsets[local] = offsets[local & (local - 1)] ^ moves[static_cast<std::size_t>(std::countr_zero(local))];
    }
    Address carry = 0;
    for (const Address base : bases) steps.push_back(carry ^= base);
    steps.push_back(0);  // after the last block
  }

  /// Calls visit(base) for every block; all addresses are relative to `origin`.
  template <class Visit>
  QMTL_ALWAYS_INLINE void for_each(Visit&& visit, Address origin = 0) const noexcept {
    Address base = first ^ origin;
    for (Address j = 1; j <= count; ++j) {
      visit(base);
      base ^= steps[static_cast<std::size_t>(std::countr_zero(j))];
    }
  }

 private:
  [[nodiscard]] static std::vector<Address> columns_of(const AddressMap& map, std::span<const int> qubits,
                                                       bool inside) {
    std::vector<Address> columns;
    if (inside) {
      for (const int q : qubits) columns.push_back(map.columns[static_cast<std::size_t>(q)]);
      return columns;
    }
    for (int q = 0; q < map.qubits; ++q) {
      if (std::find(qubits.begin(), qubits.end(), q) == qubits.end()) {
        columns.push_back(map.columns[static_cast<std::size_t>(q)]);
      }
    }
    return columns;
  }
};

}  // namespace qmtl::detail
